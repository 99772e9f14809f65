import { AppError } from "../../../shared/errors.ts";
import { attributeOf, type XmlAttributes, xmlEvents } from "./xml-events.ts";

/** An element of an XML tree; names come without their prefix, so that strict and transitional files look alike. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: XmlAttributes;
  readonly children: (XmlElement | string)[];
}

/**
 * Reads XML into a tree.
 *
 * @throws AppError `document_unreadable` without a root element, `document_too_complex` when nested too deep.
 */
export function parseXml(source: string): XmlElement {
  const root: XmlElement = { name: "", attributes: {}, children: [] };
  const path: XmlElement[] = [root];
  for (const event of xmlEvents(source)) {
    const parent = path.at(-1) ?? root;
    if (event.type === "text") parent.children.push(event.text);
    else if (event.type === "open") {
      const element = { name: event.name, attributes: event.attributes, children: [] };
      parent.children.push(element);
      path.push(element);
    } else {
      const index = path.findLastIndex(({ name }) => name === event.name);
      if (index > 0) path.length = index;
    }
  }
  const first = elementsOf(root)[0];
  if (first === undefined) throw new AppError("document_unreadable");
  return first;
}

/** The child elements, all or those of a name. */
export function elementsOf(element: XmlElement, name?: string): XmlElement[] {
  return element.children.filter(
    (child): child is XmlElement => typeof child !== "string" && (name === undefined || child.name === name),
  );
}

/** The first child of a name; several names go down one level each. */
export function childOf(element: XmlElement | undefined, ...names: string[]): XmlElement | undefined {
  let found = element;
  for (const name of names) {
    found = found?.children.find(
      (child): child is XmlElement => typeof child !== "string" && child.name === name,
    );
  }
  return found;
}

/** Every element of a name below this one, in document order. */
export function descendantsOf(element: XmlElement, name: string): XmlElement[] {
  return elementsOf(element).flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...descendantsOf(child, name),
  ]);
}

/** An attribute of an element: see {@link attributeOf}. */
export function attribute(element: XmlElement | undefined, name: string): string | undefined {
  return element === undefined ? undefined : attributeOf(element.attributes, name);
}

/** All text below an element. */
export function textOf(element: XmlElement | undefined): string {
  if (element === undefined) return "";
  return element.children.map((child) => (typeof child === "string" ? child : textOf(child))).join("");
}

import { attribute, childOf, elementsOf, type XmlElement } from "../xml/parse-xml.ts";

/** What a paragraph's style says about its part in the document. */
export interface DocxStyle {
  /** 1 to 9; null for text. */
  readonly headingLevel: number | null;
  readonly isTitle: boolean;
  readonly isQuote: boolean;
  readonly isCode: boolean;
  readonly list: { readonly numId: string; readonly level: number } | null;
}

const PLAIN: DocxStyle = { headingLevel: null, isTitle: false, isQuote: false, isCode: false, list: null };
const INHERITANCE_MAX = 20;

/** The list that paragraph properties name: `w:numPr`. */
export function listOf(properties: XmlElement | undefined): DocxStyle["list"] {
  const numbering = childOf(properties, "numPr");
  const numId = attribute(childOf(numbering, "numId"), "val");
  if (numId === undefined) return null;
  return { numId, level: Number(attribute(childOf(numbering, "ilvl"), "val") ?? 0) };
}

/** The outline level that paragraph properties give, 1 to 9. */
export function outlineLevelOf(properties: XmlElement | undefined): number | null {
  const level = Number(attribute(childOf(properties, "outlineLvl"), "val") ?? Number.NaN);
  return level >= 0 && level <= 8 ? level + 1 : null;
}

function readStyle(element: XmlElement, inherited: DocxStyle): DocxStyle {
  const name = (attribute(childOf(element, "name"), "val") ?? "").toLowerCase();
  const properties = childOf(element, "pPr");
  const named = /^heading (\d)$/.exec(name)?.[1];
  return {
    headingLevel:
      named === undefined ? (outlineLevelOf(properties) ?? inherited.headingLevel) : Number(named),
    isTitle: name === "title" || inherited.isTitle,
    isQuote: /quote/.test(name) || inherited.isQuote,
    isCode: /\b(?:code|source|preformatted)/.test(name) || inherited.isCode,
    list: listOf(properties) ?? inherited.list,
  };
}

/** Styles by their id, with what each takes over from the one it is based on. */
export function readDocxStyles(root: XmlElement | null): (styleId: string | undefined) => DocxStyle {
  const elements = new Map<string, XmlElement>();
  let standard: string | undefined;
  for (const element of root === null ? [] : elementsOf(root, "style")) {
    const id = attribute(element, "styleId");
    if (id === undefined) continue;
    elements.set(id, element);
    const isStandard = attribute(element, "default") === "1" && attribute(element, "type") === "paragraph";
    if (isStandard) standard = id;
  }
  const resolved = new Map<string, DocxStyle>();
  const resolve = (id: string, depth: number): DocxStyle => {
    const known = resolved.get(id);
    if (known !== undefined) return known;
    const element = elements.get(id);
    if (element === undefined || depth > INHERITANCE_MAX) return PLAIN;
    const base = attribute(childOf(element, "basedOn"), "val");
    const style = readStyle(element, base === undefined ? PLAIN : resolve(base, depth + 1));
    resolved.set(id, style);
    return style;
  };
  return (styleId) => {
    const id = styleId ?? standard;
    return id === undefined ? PLAIN : resolve(id, 0);
  };
}

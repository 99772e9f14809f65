import { attribute, childOf, elementsOf, textOf, type XmlElement } from "../xml/parse-xml.ts";

const group = (text: string) => (/^[\p{L}\p{N}.]*$/u.test(text) ? text : `(${text})`);

/** A formula of a Word file (`m:oMath`) written in one line: `(a+b)/c`, `x^2`, `sqrt(y)`. */
export function mathText(element: XmlElement): string {
  const part = (name: string) => {
    const child = childOf(element, name);
    return child === undefined ? "" : mathText(child);
  };
  const script = (mark: string, name: string) => {
    const text = part(name);
    return text === "" ? "" : `${mark}${group(text)}`;
  };
  switch (element.name) {
    case "t":
      return textOf(element);
    case "f":
      return `${group(part("num"))}/${group(part("den"))}`;
    case "rad":
      return `${part("deg") === "" ? "sqrt" : `root${group(part("deg"))}`}(${part("e")})`;
    case "sSup":
    case "sSub":
    case "sSubSup":
      return `${part("e")}${script("_", "sub")}${script("^", "sup")}`;
    case "nary": {
      const sign = attribute(childOf(element, "naryPr", "chr"), "val") ?? "∫";
      return `${sign}${script("_", "sub")}${script("^", "sup")} ${part("e")}`;
    }
    case "d": {
      const open = attribute(childOf(element, "dPr", "begChr"), "val") ?? "(";
      const close = attribute(childOf(element, "dPr", "endChr"), "val") ?? ")";
      return `${open}${elementsOf(element, "e").map(mathText).join(", ")}${close}`;
    }
    case "func":
      return `${part("fName")} ${part("e")}`;
    case "limLow":
    case "limUpp":
      return `${part("e")}_${group(part("lim"))}`;
    case "m":
      return `[${elementsOf(element, "mr")
        .map((row) => elementsOf(row, "e").map(mathText).join(", "))
        .join("; ")}]`;
    default:
      return elementsOf(element).map(mathText).join("");
  }
}

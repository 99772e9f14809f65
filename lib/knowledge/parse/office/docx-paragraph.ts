import { attribute, childOf, elementsOf, textOf, type XmlElement } from "../xml/parse-xml.ts";
import { mathText } from "./math-text.ts";

/** What a paragraph holds beside its own words. */
export interface ParagraphParts {
  text: string;
  /** Contents of text boxes anchored here (`w:txbxContent`). */
  readonly boxes: XmlElement[];
  /** Ids of comments that begin here. */
  readonly comments: string[];
}

/** Deleted and moved text, codes of fields, and properties: nobody sees them. */
const SKIPPED = new Set([
  "del",
  "moveFrom",
  "delText",
  "instrText",
  "rPr",
  "pPr",
  "sdtPr",
  "sdtEndPr",
  "tcPr",
  "trPr",
]);

function collect(element: XmlElement, parts: ParagraphParts): void {
  for (const child of elementsOf(element)) {
    if (SKIPPED.has(child.name)) continue;
    switch (child.name) {
      case "t":
        parts.text += textOf(child);
        break;
      case "tab":
      case "ptab":
        parts.text += "\t";
        break;
      case "br":
      case "cr":
        parts.text += attribute(child, "type") === "page" ? " " : "\n";
        break;
      case "noBreakHyphen":
        parts.text += "-";
        break;
      case "oMath":
        parts.text += ` ${mathText(child)} `;
        break;
      case "txbxContent":
        parts.boxes.push(child);
        break;
      case "commentReference":
        parts.comments.push(attribute(child, "id") ?? "");
        break;
      case "AlternateContent":
        // The same thing said twice, for new and old programs.
        collect(chooseAlternative(child), parts);
        break;
      default:
        collect(child, parts);
    }
  }
}

function chooseAlternative(element: XmlElement): XmlElement {
  const choice = childOf(element, "Choice");
  const fallback = childOf(element, "Fallback");
  const holdsText = (part: XmlElement | undefined) => part !== undefined && /\S/.test(textOf(part));
  return (holdsText(choice) || fallback === undefined ? choice : fallback) ?? element;
}

/** Reads a paragraph (`w:p`). */
export function readParagraph(paragraph: XmlElement): ParagraphParts {
  const parts: ParagraphParts = { text: "", boxes: [], comments: [] };
  collect(paragraph, parts);
  return parts;
}

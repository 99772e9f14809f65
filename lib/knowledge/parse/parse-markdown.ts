import type { Heading, Nodes } from "mdast";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { cleanLines } from "./clean-text.ts";
import { withoutPages } from "./parse-text.ts";
import type { ParsedDocument, ParsedHeading } from "./parsed-document.ts";
import { decodeText } from "./sniff-media-type.ts";

const PARSER = "markdown/1";
const FRONT_MATTER = /^---[ \t]*\n([\s\S]*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)/;
const TITLE_LINE = /^title:[ \t]*(?:"([^"\n]+)"|'([^'\n]+)'|([^\n#]+))/m;

/** Reads Markdown: the text is the source itself, so every offset is exact; headings come from its tree. */
export function parseMarkdown(bytes: Uint8Array): ParsedDocument {
  const text = cleanLines(decodeText(bytes));
  const frontMatter = FRONT_MATTER.exec(text);
  // Blanked, not cut: what follows keeps its offsets, and the dashes are not taken for a heading.
  const source =
    frontMatter === null
      ? text
      : frontMatter[0].replaceAll(/[^\n]/g, " ") + text.slice(frontMatter[0].length);
  const headings = findHeadings(source);
  const named = TITLE_LINE.exec(frontMatter?.[1] ?? "");
  const title = (named?.[1] ?? named?.[2] ?? named?.[3])?.trim();
  return withoutPages(PARSER, text, headings, title ?? headings[0]?.title ?? null);
}

function findHeadings(source: string): ParsedHeading[] {
  const tree = unified().use(remarkParse).use(remarkGfm).parse(source);
  return tree.children
    .filter((node): node is Heading => node.type === "heading")
    .map((node) => ({
      start: node.position?.start.offset ?? 0,
      end: node.position?.end.offset ?? 0,
      level: node.depth,
      title: plainText(node).replaceAll(/\s+/g, " ").trim(),
    }))
    .filter((heading) => heading.title !== "");
}

function plainText(node: Nodes): string {
  if ("value" in node) return node.type === "html" ? "" : node.value;
  if ("children" in node) return node.children.map(plainText).join("");
  return "";
}

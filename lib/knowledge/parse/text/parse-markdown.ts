import type { Nodes, Root, RootContent } from "mdast";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { cleanLines } from "../clean-text.ts";
import { decodeText } from "../decode-text.ts";
import type { BlockKind, ParsedBlock, ParsedDocument, ParsedHeading } from "../parsed-document.ts";
import { lineLabels, withoutPages } from "./parse-text.ts";

const PARSER = "markdown/2";
const FRONT_MATTER = /^---[ \t]*\n([\s\S]*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)/;
const TITLE_LINE = /^title:[ \t]*(?:"([^"\n]+)"|'([^'\n]+)'|([^\n#]+))/m;

/** Reads Markdown: the text is the source itself, so every offset is exact; structure comes from its tree. */
export function parseMarkdown(bytes: Uint8Array): ParsedDocument {
  const text = cleanLines(decodeText(bytes));
  const frontMatter = FRONT_MATTER.exec(text);
  // Blanked, not cut: what follows keeps its offsets, and the dashes are not taken for a heading.
  const source =
    frontMatter === null
      ? text
      : frontMatter[0].replaceAll(/[^\n]/g, " ") + text.slice(frontMatter[0].length);
  const tree = unified().use(remarkParse).use(remarkGfm).parse(source);
  const headings = findHeadings(tree);
  const labelOf = lineLabels(text);
  const blocks = tree.children.flatMap((node) => blocksOf(node, labelOf));
  if (frontMatter !== null) {
    blocks.unshift({ start: 0, end: frontMatter[0].trimEnd().length, kind: "code", label: "front matter" });
  }
  const named = TITLE_LINE.exec(frontMatter?.[1] ?? "");
  const title = (named?.[1] ?? named?.[2] ?? named?.[3])?.trim();
  return withoutPages(PARSER, text, headings, title ?? headings[0]?.title ?? null, blocks);
}

const KINDS: Partial<Record<RootContent["type"], BlockKind>> = {
  heading: "heading",
  code: "code",
  blockquote: "quote",
};

function blocksOf(node: RootContent, labelOf: (start: number) => string): ParsedBlock[] {
  if (node.type === "list") return node.children.flatMap((item) => blockOf(item, "list", labelOf));
  if (node.type !== "table") return blockOf(node, KINDS[node.type] ?? "paragraph", labelOf);
  const rows = node.children.flatMap((row) => blockOf(row, "table", labelOf));
  const [head, ...rest] = rows;
  if (head === undefined) return [];
  // The line of dashes below belongs to the head row.
  const headEnd = rest[0]?.start ?? node.position?.end.offset ?? head.end;
  const header = [head.start, head.end] as const;
  return [
    { ...head, end: Math.max(head.end, rest[0] === undefined ? headEnd : headEnd - 1) },
    ...rest.map((row) => ({ ...row, header })),
  ];
}

function blockOf(node: Nodes, kind: BlockKind, labelOf: (start: number) => string): ParsedBlock[] {
  const start = node.position?.start.offset;
  const end = node.position?.end.offset;
  if (start === undefined || end === undefined || end <= start) return [];
  return [{ start, end, kind, label: labelOf(start) }];
}

function findHeadings(tree: Root): ParsedHeading[] {
  return tree.children
    .flatMap((node) => (node.type === "heading" ? [node] : []))
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

import type { Nodes, PhrasingContent, Root } from "mdast";
import type { CheckData } from "@/lib/chat/schema.ts";

/** What one block of an answer needs to show its evidence. */
export interface EvidenceOptions {
  /** Markers that have a citation; any other is taken off the screen. */
  readonly markers: ReadonlySet<number>;
  /** Verdicts on sentences, as offsets into the whole answer. */
  readonly sentences: CheckData["sentences"];
  /** Where this block starts in the whole answer. */
  readonly blockStart: number;
}

const MARKER = /[ \t]*\[(\d{1,3})\]/g;

/** A stretch of a text node with its place in the whole answer. */
interface Stretch {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * A remark plugin: `[n]` outside code becomes `<sup data-marker="n">`, and text of a sentence that its sources do not
 * carry becomes `<span data-verdict>`; the last such span of a sentence has `data-last`. Blanks before a marker go.
 */
export function remarkEvidence(options: EvidenceOptions) {
  return (tree: Root) => {
    const lastSpan = new Map<number, Record<string, string>>();
    rewrite(tree, options, lastSpan);
    for (const properties of lastSpan.values()) properties["data-last"] = "true";
  };
}

function rewrite(node: Nodes, options: EvidenceOptions, lastSpan: Map<number, Record<string, string>>) {
  if (!("children" in node)) return;
  const children: Nodes[] = [];
  for (const child of node.children as Nodes[]) {
    if (child.type === "text") {
      children.push(
        ...splitText(child.value, startOf(child, options), endOf(child, options), options, lastSpan),
      );
    } else if (child.type === "linkReference" && /^\d{1,3}$/.test(child.label ?? "")) {
      // `[1]: address` somewhere below would turn our marker into a link.
      const number = Number(child.label);
      if (options.markers.has(number)) children.push(citationNode(number));
    } else {
      rewrite(child, options, lastSpan);
      children.push(child);
    }
  }
  (node as { children: Nodes[] }).children = children;
}

function startOf(node: Nodes, { blockStart }: EvidenceOptions): number {
  return blockStart + (node.position?.start.offset ?? 0);
}

function endOf(node: Nodes, { blockStart }: EvidenceOptions): number {
  return blockStart + (node.position?.end.offset ?? 0);
}

function splitText(
  value: string,
  start: number,
  end: number,
  options: EvidenceOptions,
  lastSpan: Map<number, Record<string, string>>,
): PhrasingContent[] {
  // With an escape or an entity inside, characters and offsets part ways: the whole node then counts as one place.
  const isExact = end - start === value.length;
  const place = (from: number, to: number): Stretch => ({
    text: value.slice(from, to),
    start: isExact ? start + from : start,
    end: isExact ? start + to : end,
  });
  const nodes: PhrasingContent[] = [];
  let position = 0;
  for (const match of value.matchAll(MARKER)) {
    nodes.push(...markVerdicts(place(position, match.index), isExact, options, lastSpan));
    const number = Number(match[1]);
    if (options.markers.has(number)) nodes.push(citationNode(number));
    position = match.index + match[0].length;
  }
  nodes.push(...markVerdicts(place(position, value.length), isExact, options, lastSpan));
  return nodes;
}

function markVerdicts(
  stretch: Stretch,
  isExact: boolean,
  { sentences }: EvidenceOptions,
  lastSpan: Map<number, Record<string, string>>,
): PhrasingContent[] {
  const nodes: PhrasingContent[] = [];
  let position = 0;
  const take = (to: number): string => {
    const text = stretch.text.slice(position, to);
    position = to;
    return text;
  };
  for (const [index, sentence] of sentences.entries()) {
    if (sentence.verdict === "supported") continue;
    const from = Math.max(sentence.start, stretch.start);
    const to = Math.min(sentence.end, stretch.end);
    if (from >= to) continue;
    if (isExact) nodes.push(...textNode(take(from - stretch.start)));
    const text = take(isExact ? to - stretch.start : stretch.text.length);
    if (text.trim() === "") {
      nodes.push(...textNode(text));
      continue;
    }
    const properties = { "data-verdict": sentence.verdict };
    lastSpan.set(index, properties);
    nodes.push(elementNode("span", properties, text));
  }
  nodes.push(...textNode(take(stretch.text.length)));
  return nodes;
}

function textNode(value: string): PhrasingContent[] {
  return value === "" ? [] : [{ type: "text", value }];
}

function citationNode(marker: number): PhrasingContent {
  return elementNode("sup", { "data-marker": String(marker) }, String(marker));
}

/** A node that becomes the named HTML element; `emphasis` is only its carrier. */
function elementNode(name: string, properties: Record<string, string>, value: string): PhrasingContent {
  const data = { hName: name, hProperties: properties };
  return { type: "emphasis", children: [{ type: "text", value }], data };
}

import { describe, expect, it } from "vitest";
import { findPlaceFaults } from "../find-place-faults.ts";
import type { ParsedDocument, ParsedPage } from "../parsed-document.ts";
import { findOcrLanguages, recognisePages } from "./recognise-pages.ts";
import type { RunTools, ToolCall } from "./run-tool.ts";

const page = (number: number, start: number, end: number): ParsedPage => ({
  page: number,
  start,
  end,
  width: 600,
  height: 800,
  runs: end > start ? [[start, end, 10, 10, 50, 10]] : [],
  label: null,
  isRecognised: false,
});
const document: ParsedDocument = {
  parser: "pdf/2",
  title: null,
  text: "first\nfourth",
  pages: [page(1, 0, 5), page(2, 5, 5), page(3, 5, 5), page(4, 6, 12)],
  hasPages: true,
  headings: [{ start: 6, end: 12, level: 1, title: "fourth" }],
  unreadablePages: [2, 3],
  blocks: [
    { start: 0, end: 5, kind: "paragraph", label: null },
    { start: 6, end: 12, kind: "heading", label: null },
  ],
};

const word = (text: string, line: number, left: number, sure = 95, paragraph = 1) =>
  `5\t1\t1\t${paragraph}\t${line}\t1\t${left}\t200\t100\t40\t${sure}\t${text}`;
const SECOND = [
  "1\t1\t0\t0\t0\t0\t0\t0\t1200\t1600\t-1\t",
  word("Seen", 1, 100),
  word("~~", 1, 200, 5),
  word("words", 1, 300),
  word("below", 2, 100),
  word("apart", 1, 100, 90, 2),
].join("\n");

function toolsThat(answer: (calls: readonly ToolCall[]) => string | null): {
  runTools: RunTools;
  calls: string[];
} {
  const calls: string[] = [];
  const runTools: RunTools = async (tools) => {
    calls.push(tools.map(({ program, args }) => [program, ...args].join(" ")).join(" | "));
    if (tools[0]?.args[0] === "--list-langs") return "List of languages (3):\ndeu\neng\nosd\n";
    return tools.length === 1 ? "" : answer(tools);
  };
  return { runTools, calls };
}

describe("recognisePages", () => {
  it("puts text with boxes on the pages that were pictures, and moves what follows", async () => {
    const tools = toolsThat((calls) => (calls[0]?.args[1] === "2" ? SECOND : ""));
    const read = await recognisePages(document, { path: "/a/scan.pdf" }, tools);
    expect(read.text).toBe("first\n\nSeen words\nbelow\n\napart\n\nfourth");
    expect(read.unreadablePages).toEqual([3]);
    expect(read.pages.map(({ isRecognised }) => isRecognised)).toEqual([false, true, false, false]);
    expect(read.pages[1]?.runs[1]).toEqual([12, 17, 150, 100, 50, 20]);
    expect(read.headings).toMatchObject([{ start: 32, end: 38 }]);
    expect(findPlaceFaults(read)).toEqual([]);
    expect(tools.calls.at(-1)).toBe(
      "pdftoppm -f 3 -l 3 -singlefile -gray -scale-to 2778 -- /a/scan.pdf | tesseract stdin stdout -l eng+deu --psm 1 tsv",
    );
  });

  it("leaves the document as it is where nothing is installed, fails or finds only noise", async () => {
    const none: RunTools = async () => null;
    expect(await findOcrLanguages({ runTools: none })).toBeNull();
    expect(await recognisePages(document, { path: "x" }, { runTools: none })).toBe(document);
    expect(
      await recognisePages(
        document,
        { path: "x" },
        toolsThat(() => null),
      ),
    ).toBe(document);
    const noise = toolsThat(() =>
      [word("ab", 1, 1, 30), word("cd", 1, 1, 30), word("ef", 1, 1, 30)].join("\n"),
    );
    expect(await recognisePages(document, { path: "x" }, noise)).toBe(document);
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const tools = toolsThat(() => {
      controller.abort(new Error("cancelled"));
      return SECOND;
    });
    await expect(recognisePages(document, { path: "x", signal: controller.signal }, tools)).rejects.toThrow(
      "cancelled",
    );
  });
});

import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { expect, test } from "vitest";
import { type EvidenceOptions, remarkEvidence } from "@/components/chat/remark-evidence.ts";

function render(text: string, options: Partial<EvidenceOptions> = {}): string {
  const evidence: EvidenceOptions = { markers: new Set([1, 2, 3]), sentences: [], blockStart: 0, ...options };
  const remarkPlugins = [remarkGfm, [remarkEvidence, evidence]] as never;
  return renderToStaticMarkup(createElement(Markdown, { remarkPlugins }, text));
}

test("markers with a citation become superscripts, without the blank before them", () => {
  expect(render("Replaced in May. [2] Then it ran. [1][3]")).toBe(
    '<p>Replaced in May.<sup data-marker="2">2</sup> Then it ran.<sup data-marker="1">1</sup><sup data-marker="3">3</sup></p>',
  );
});

test("a marker that points nowhere is not shown", () => {
  expect(render("Replaced in May. [9]")).toBe("<p>Replaced in May.</p>");
});

test("a year in brackets stays text", () => {
  expect(render("Smith v Jones [2019] holds.")).toBe("<p>Smith v Jones [2019] holds.</p>");
});

test("code keeps its brackets", () => {
  expect(render("Use `list[1]` here.")).toBe("<p>Use <code>list[1]</code> here.</p>");
  expect(render("```\na[1]\n```")).toContain("a[1]");
});

test("markers work inside emphasis, lists and tables", () => {
  expect(render("**Bold claim. [1]**")).toContain('<strong>Bold claim.<sup data-marker="1">');
  expect(render("- item [2]")).toContain('<li>item<sup data-marker="2">');
  expect(render("| a |\n|---|\n| b [3] |")).toContain('b<sup data-marker="3">');
});

test("a link definition cannot take a marker over", () => {
  const html = render("Claim. [1]\n\n[1]: https://example.org/");
  expect(html).toContain('<sup data-marker="1">');
  expect(html).not.toContain("<a");
});

test("unsupported sentences are marked, supported ones are not", () => {
  const text = "It failed. It was *quite* old. [1]";
  const start = text.indexOf("It was");
  const sentences: EvidenceOptions["sentences"] = [
    { start: 0, end: 10, verdict: "supported", markers: [] },
    { start, end: text.indexOf(" [1]"), verdict: "partly", markers: [1] },
  ];
  expect(render(text, { sentences })).toBe(
    '<p>It failed. <span data-verdict="partly">It was </span><em><span data-verdict="partly">quite</span></em>' +
      '<span data-verdict="partly" data-last="true"> old.</span><sup data-marker="1">1</sup></p>',
  );
});

test("offsets count from the start of the answer, not of the block", () => {
  const sentences: EvidenceOptions["sentences"] = [
    { start: 100, end: 108, verdict: "unsupported", markers: [] },
  ];
  expect(render("It leaks. Fine.", { sentences, blockStart: 99 })).toBe(
    '<p>I<span data-verdict="unsupported" data-last="true">t leaks.</span> Fine.</p>',
  );
});

test("escapes do not shift the marks out of the text", () => {
  const text = "A \\* star claim.";
  const sentences: EvidenceOptions["sentences"] = [
    { start: 0, end: text.length, verdict: "unsupported", markers: [] },
  ];
  expect(render(text, { sentences })).toBe(
    '<p><span data-verdict="unsupported" data-last="true">A * star claim.</span></p>',
  );
});

test("raw HTML and images never come through as elements", () => {
  const html = render("<script>alert(1)</script> and <b>bold</b>");
  expect(html).not.toContain("<script");
  expect(html).not.toContain("<b>");
});

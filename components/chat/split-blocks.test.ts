import { expect, test } from "vitest";
import { splitBlocks } from "@/components/chat/split-blocks.ts";

const SAMPLES = [
  "",
  "One line.",
  "First.\n\nSecond.\n\n\nThird.",
  "Before\n\n```js\na\n\nb\n```\n\nAfter",
  "- one\n\n- two\n\n  more of two\n\nAfter",
  "1. one\n\n2. two\n\nText\n",
  "~~~\n```\n\nstill code\n~~~\n\nAfter",
  "\n\nLeading blank lines",
];

test.each(SAMPLES)("blocks of %j join to the text and know where they start", (text) => {
  const blocks = splitBlocks(text);
  expect(blocks.map((block) => block.text).join("")).toBe(text);
  for (const block of blocks)
    expect(text.slice(block.start, block.start + block.text.length)).toBe(block.text);
});

test("paragraphs are apart, fenced code and lists stay whole", () => {
  const count = (text: string) => splitBlocks(text).length;
  expect(count("First.\n\nSecond.")).toBe(2);
  expect(count("Before\n\n```js\na\n\nb\n```\n\nAfter")).toBe(3);
  expect(count("- one\n\n- two\n\n  more\n\nAfter")).toBe(2);
  expect(count("```\nnever closed\n\nstill code")).toBe(1);
});

test("finished blocks stay the same while the text grows", () => {
  const text = "First paragraph.\n\nSecond **bold** one.\n\n- a\n- b\n\nThird.";
  let before = splitBlocks("");
  for (let length = 1; length <= text.length; length += 1) {
    const now = splitBlocks(text.slice(0, length));
    expect(now.slice(0, Math.max(0, before.length - 1))).toEqual(before.slice(0, -1));
    before = now;
  }
});

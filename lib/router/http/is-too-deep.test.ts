import { expect, test } from "vitest";
import { isTooDeep } from "./is-too-deep.ts";

const nested = (depth: number) => Buffer.from(`${"[".repeat(depth)}${"]".repeat(depth)}`);

test("256 levels are taken, 257 are not", () => {
  expect(isTooDeep(nested(256))).toBe(false);
  expect(isTooDeep(nested(257))).toBe(true);
  expect(isTooDeep(Buffer.from(`${'{"a":['.repeat(129)}1${"]}".repeat(129)}`))).toBe(true);
});

test("many values side by side are not deep", () => {
  expect(isTooDeep(Buffer.from(JSON.stringify(Array.from({ length: 5_000 }, () => [{ a: [] }]))))).toBe(
    false,
  );
});

test("brackets in strings do not count, also behind escaped quotes and backslashes", () => {
  const brackets = "[{".repeat(1_000);
  for (const text of [brackets, `"${brackets}`, `\\"${brackets}`, `${brackets}\\`, `\\\\"${brackets}\\\\`]) {
    expect(isTooDeep(Buffer.from(JSON.stringify({ text, more: [text] })))).toBe(false);
  }
});

test("a string with escaped quotes does not hide what follows it", () => {
  const deep = nested(300).toString();
  for (const text of ['"', "\\", '\\"', "\\\\", 'a"b\\']) {
    expect(isTooDeep(Buffer.from(`{${JSON.stringify(text)}:1,"x":${deep}}`))).toBe(true);
  }
});

test("broken JSON is judged without harm", () => {
  expect(isTooDeep(Buffer.from(`"${"[".repeat(1_000)}`))).toBe(false);
  expect(isTooDeep(Buffer.from("]".repeat(1_000) + "[".repeat(1_000)))).toBe(false);
  expect(isTooDeep(Buffer.from(""))).toBe(false);
});

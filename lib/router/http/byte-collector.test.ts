import { expect, test } from "vitest";
import { ByteCollector } from "./byte-collector.ts";

test("a body in one piece is that piece, without a copy", () => {
  const collector = new ByteCollector();
  const piece = Buffer.from("abc");
  collector.push(piece);
  expect(collector.bytes()).toBe(piece);
  expect(new ByteCollector().bytes()).toHaveLength(0);
});

test.each([2, 64, 65, 66, 1_000, 100_000])("%i pieces come out in their order", (count) => {
  const collector = new ByteCollector();
  let expected = "";
  for (let index = 0; index < count; index += 1) {
    const text = "abcdefghij".slice(0, index % 11);
    expected += text;
    collector.push(Buffer.from(text));
  }
  expect(collector.size).toBe(expected.length);
  expect(collector.bytes().toString()).toBe(expected);
  expect(collector.bytes().toString()).toBe(expected);
});

test("a body that comes byte by byte is not kept byte by byte", () => {
  const collector = new ByteCollector();
  const byte = Buffer.from("a");
  for (let index = 0; index < 10_000; index += 1) {
    collector.push(byte);
    expect(collector.pieces).toBeLessThanOrEqual(64);
  }
});

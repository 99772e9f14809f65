import { describe, expect, it } from "vitest";
import { placesOf, readSound } from "../test-fixtures.ts";

describe("reading JSON", () => {
  it("gives a record for each entry of a list, value by value with its path", async () => {
    const file = await readSound(
      "parts.json",
      JSON.stringify([
        { name: "Seal", size: { width: 3, tags: ["a", "b"] } },
        { name: "Ring", gone: null },
      ]),
    );
    expect(file.text).toBe("name: Seal\nsize.width: 3\nsize.tags: a, b\n\nname: Ring");
    expect(placesOf(file)[1]).toEqual(["size.width: 3", "record 1, size.width"]);
  });

  it("reads one value in each line, and lines that are none as they are", async () => {
    const file = await readSound("log.jsonl", '{"event":"start"}\n\nnot json\n{"event":"stop"}\n');
    expect(placesOf(file)).toEqual([
      ["event: start", "line 1, event"],
      ["not json", "line 3"],
      ["event: stop", "line 4, event"],
    ]);
  });

  it("reads what is broken as text, and refuses what is nested without end", async () => {
    expect((await readSound("broken.json", '{"a": 1,')).text).toBe('{"a": 1,');
    await expect(readSound("deep.json", `${"[1,".repeat(300)}1${"]".repeat(300)}`)).rejects.toMatchObject({
      code: "document_too_complex",
    });
  });
});

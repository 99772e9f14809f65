import { describe, expect, it } from "vitest";
import { stemWord } from "./stem-word.ts";

describe("stemWord", () => {
  it.each([
    ["caresses", "caress"],
    ["ponies", "poni"],
    ["cats", "cat"],
    ["agreed", "agre"],
    ["plastered", "plaster"],
    ["motoring", "motor"],
    ["hopping", "hop"],
    ["filing", "file"],
    ["happy", "happi"],
    ["relational", "relat"],
    ["vietnamization", "vietnam"],
    ["electricity", "electr"],
    ["adjustment", "adjust"],
    ["controlling", "control"],
  ])("reduces %s to %s", (word, stem) => {
    expect(stemWord(word)).toBe(stem);
  });

  it("gives the forms of one verb the same stem", () => {
    const stems = ["connect", "connected", "connecting", "connection", "connections"].map(stemWord);
    expect(new Set(stems)).toEqual(new Set(["connect"]));
  });

  it("leaves short words and words of other alphabets alone", () => {
    expect(stemWord("is")).toBe("is");
    expect(stemWord("страница")).toBe("страница");
  });
});

import { describe, expect, it } from "vitest";
import { tokenise } from "./tokenise.ts";

const stemsOf = (text: string) => tokenise(text).map((token) => token.stem);

describe("tokenise", () => {
  it("folds case, accents and possessives and keeps where each word stands", () => {
    const text = "Zoë's café";
    expect(
      tokenise(text).map(({ word, surface, start, end }) => [word, surface, text.slice(start, end)]),
    ).toEqual([
      ["zoe", "Zoë's", "Zoë's"],
      ["cafe", "café", "café"],
    ]);
  });

  it("gives irregular forms, number words and both spellings of a word one stem", () => {
    expect(stemsOf("wrote writes written")).toEqual(Array(3).fill("write"));
    expect(stemsOf("two 2")).toEqual(["2", "2"]);
    expect(stemsOf("organise organizing organisation")).toEqual(Array(3).fill("organ"));
    expect(stemsOf("colour colors")).toEqual(["color", "color"]);
  });

  it("keeps decimals, times and thousands together", () => {
    expect(stemsOf("3.5 12:30 1,500 1500")).toEqual(["3.5", "12:30", "1500", "1500"]);
  });

  it("cuts words of other alphabets to a prefix so that their inflections meet", () => {
    expect(new Set(stemsOf("насоса насосом насосы")).size).toBe(1);
  });

  it("reads scripts without spaces as overlapping pairs of characters", () => {
    expect(stemsOf("水泵更换")).toEqual(["水泵", "泵更", "更换"]);
  });
});

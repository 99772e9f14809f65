import { describe, expect, it } from "vitest";
import { splitSentences } from "./split-sentences.ts";

const sentences = (text: string) => splitSentences(text).map(({ start, end }) => text.slice(start, end));

describe("splitSentences", () => {
  it("cuts after full stops, question marks, exclamation marks and closing quotes", () => {
    expect(sentences('It broke. Why? "Nobody knows." She left!')).toEqual([
      "It broke.",
      "Why?",
      '"Nobody knows."',
      "She left!",
    ]);
  });

  it.each([
    "Dr. Okoye met Mr. J. P. Lund at 5 p.m. on Monday.",
    "See fig. 3 and sec. 2.4, e.g. the valve, i.e. part no. 7.",
    "The U.S. Coast Guard paid approx. 3.5 million.",
    "1. Open the valve.",
  ])("does not cut inside %j", (text) => {
    expect(sentences(text)).toEqual([text]);
  });

  it("cuts after an abbreviation when the next word plainly starts a sentence", () => {
    expect(sentences("They moved to the U.S. The office followed.")).toHaveLength(2);
  });

  it("cuts text written without capitals", () => {
    expect(sentences("revenue rose. costs fell.")).toEqual(["revenue rose.", "costs fell."]);
  });

  it("knows the full stops of Chinese, Hindi and Urdu", () => {
    expect(sentences("水泵坏了。五月更换。")).toEqual(["水泵坏了。", "五月更换。"]);
    expect(sentences("यह पहला है। यह दूसरा है।")).toHaveLength(2);
    expect(sentences("یہ پہلا ہے۔ یہ دوسرا ہے۔")).toHaveLength(2);
  });

  it("loses nothing but the white space between sentences", () => {
    const text = "  One. Two\n\nthree?  Four ";
    expect(sentences(text).join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
  });
});

import { describe, expect, it } from "vitest";
import { splitSentences } from "./sentences.ts";

const split = (text: string) => splitSentences(text).map(({ start, end }) => text.slice(start, end));

describe("splitSentences", () => {
  it("ends sentences at full stops, question and exclamation marks", () => {
    expect(split("The pump failed. Why did it? Nobody knows! It was replaced.")).toEqual([
      "The pump failed.",
      "Why did it?",
      "Nobody knows!",
      "It was replaced.",
    ]);
  });

  it("does not end a sentence at abbreviations, initials and decimals", () => {
    const sentence =
      "Dr. J. R. Smith measured 3.5 mm, i.e. too much, at approx. 2 p.m. on Jan. 3 near St. Ives, cf. Fig. 2.";
    expect(split(`${sentence} The U.S. Navy was told.`)).toEqual([sentence, "The U.S. Navy was told."]);
  });

  it("ends a sentence at a short form when a sentence plainly begins after it", () => {
    expect(split("It was sold to Acme Inc. The price was low.")).toHaveLength(2);
    expect(split("Acme Inc. Holdings sold it.")).toHaveLength(1);
    expect(split("See No. 5 below. Is that a no. The end.")).toEqual([
      "See No. 5 below.",
      "Is that a no.",
      "The end.",
    ]);
  });

  it("keeps closing quotes and brackets with their sentence", () => {
    expect(split('He said "stop." Then he left. (He came back.) Fine.')).toEqual([
      'He said "stop."',
      "Then he left.",
      "(He came back.)",
      "Fine.",
    ]);
  });

  it("lets sentences run over line ends but not over blank lines", () => {
    expect(split("The pump was\nreplaced in May.\n\nWithout a full stop\n\nNext one.")).toEqual([
      "The pump was\nreplaced in May.",
      "Without a full stop",
      "Next one.",
    ]);
  });

  it("makes headings, list items, table rows and named fields sentences of their own", () => {
    expect(split("# Title\nText goes on\nhere.\n- first item\n- second item. More.\n1. one\n2. two")).toEqual(
      ["# Title", "Text goes on\nhere.", "- first item", "- second item.", "More.", "1. one", "2. two"],
    );
    expect(split("Date: 3 May\nPlace: the hall\n| a | b |\n| 1 | 2 |")).toEqual([
      "Date: 3 May",
      "Place: the hall",
      "| a | b |",
      "| 1 | 2 |",
    ]);
  });

  it("knows the marks of other scripts", () => {
    expect(split("泵坏了。为什么？没人知道。")).toHaveLength(3);
    expect(split("यह पहला है। यह दूसरा है।")).toHaveLength(2);
    expect(split("هل تعطلت المضخة؟ نعم. شكرا.")).toHaveLength(3);
  });

  it("covers everything but white space, in order and without overlap, whatever the text", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    const pieces = [
      "a",
      "B",
      ".",
      "!",
      "\n",
      "\n\n",
      " ",
      "- ",
      "1. ",
      "# ",
      "|",
      "3.5",
      "Dr.",
      "。",
      "\u{1F600}",
      ":",
      '"',
    ];
    for (let round = 0; round < 500; round += 1) {
      const text = Array.from({ length: random(60) }, () => pieces[random(pieces.length)]).join("");
      let last = 0;
      let kept = "";
      for (const { start, end } of splitSentences(text)) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(text.slice(last, start).trim()).toBe("");
        expect(text.slice(start, end).trim()).toBe(text.slice(start, end));
        kept += text.slice(start, end);
        last = end;
      }
      expect(text.slice(last).trim()).toBe("");
      expect(kept.replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
    }
  });

  it("stays linear on long text without any mark", () => {
    expect(splitSentences("word ".repeat(200_000))).toHaveLength(1);
    expect(splitSentences("a. ".repeat(50_000)).length).toBeGreaterThan(0);
  });
});

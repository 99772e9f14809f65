import { describe, expect, it } from "vitest";
import { dropAside } from "./drop-aside.ts";
import { readQuestion } from "./read-question.ts";

const sources = [
  { number: 1, title: "Kiln guide › Glazing a bowl", text: "Dip it for three seconds. Let it dry." },
  { number: 2, title: "Kiln guide › Safety", text: "Wear gloves. Keep the door shut." },
];
const wordsLeft = (question: string) =>
  dropAside(readQuestion(question), sources).terms.map((term) => term.word);

describe("dropAside", () => {
  it("leaves out the one word beside the point when a heading has all the others", () => {
    expect(wordsLeft("How do I glaze a bowl with my neighbour?")).toEqual(["glaze", "bowl"]);
  });

  it.each([
    ["a name", "How do I glaze a bowl with Rhodium?"],
    ["a word that a source has", "How do I glaze a bowl with gloves?"],
    ["two words", "How do I glaze a bowl with a neighbour on a boat?"],
    ["what is asked about", "How do I glaze a saucer?"],
    ["a word beside a topic that no heading has", "How do I varnish a bowl with a neighbour?"],
    ["all but one word", "How do I glaze with a neighbour?"],
  ])("never leaves out %s", (_, question) => {
    expect(dropAside(readQuestion(question), sources)).toEqual(readQuestion(question));
  });
});

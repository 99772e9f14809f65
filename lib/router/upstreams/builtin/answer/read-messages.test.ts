import { describe, expect, it } from "vitest";
import { formatSources } from "../../../../shared/prompt-contract.ts";
import { readMessages } from "./read-messages.ts";

const text = "The lighthouse was built in 1871. Its keeper lived in the tower until 1962.";

describe("readMessages", () => {
  it("takes sources from the system message and the question from the last user message", () => {
    const read = readMessages([
      {
        role: "system",
        content: `Answer from these.\n${formatSources([{ number: 3, title: "A & B", text }])}`,
      },
      { role: "user", content: "An earlier question?" },
      { role: "assistant", content: "An earlier answer." },
      { role: "user", content: [{ type: "text", text: "When was it built?" }] },
    ]);
    expect(read.question).toBe("When was it built?");
    expect(read.hasMarkers).toBe(true);
    expect(read.sources).toMatchObject([{ number: 3, title: "A & B", text }]);
  });

  it("prefers the form in which a follow-up was searched", () => {
    const read = readMessages([
      { role: "system", content: formatSources([{ number: 1, title: "A", text }]) },
      { role: "user", content: "And who lived there?\n(Asked in full: Who lived in the lighthouse?)" },
    ]);
    expect(read.question).toBe("Who lived in the lighthouse?");
  });

  it("takes plain messages as the text when there are no sources, and then wants no markers", () => {
    const read = readMessages([
      { role: "user", content: text },
      { role: "assistant", content: "Noted." },
      { role: "user", content: "When was it built?" },
    ]);
    expect(read.hasMarkers).toBe(false);
    expect(read.sources.map((source) => source.text)).toEqual([text]);
  });

  it("tells the question from the text in one message", () => {
    const read = readMessages([{ role: "user", content: `${text}\n\nQuestion: Who lived in the tower?` }]);
    expect(read.question).toBe("Who lived in the tower?");
    expect(read.sources).toHaveLength(1);
  });
});

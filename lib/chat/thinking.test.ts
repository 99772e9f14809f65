import { describe, expect, it } from "vitest";
import { partsFromChunks, textOfParts } from "./message-parts.ts";
import { Thinking } from "./thinking.ts";

describe("a model's thoughts", () => {
  it("become one part for each stretch of thinking, with how long it took", () => {
    const thinking = new Thinking();
    const chunks = [
      ...thinking.push("First ", 1_000),
      ...thinking.push("this.", 1_500),
      ...thinking.end(3_250),
      ...thinking.end(3_300),
      ...thinking.push("Then that.", 4_000),
      ...thinking.end(4_100),
    ];
    expect(partsFromChunks(chunks)).toEqual([
      {
        type: "reasoning",
        id: "thinking-1",
        text: "First this.",
        state: "done",
        providerMetadata: { vouch: { durationMs: 2_250 } },
      },
      {
        type: "reasoning",
        id: "thinking-2",
        text: "Then that.",
        state: "done",
        providerMetadata: { vouch: { durationMs: 100 } },
      },
    ]);
  });

  it("stay as far as they were shown when they are cut short, and are no part of the text", () => {
    const parts = partsFromChunks(new Thinking().push("The sources say", 0));
    expect(parts).toEqual([{ type: "reasoning", id: "thinking-1", text: "The sources say", state: "done" }]);
    expect(textOfParts(parts)).toBe("");
  });
});

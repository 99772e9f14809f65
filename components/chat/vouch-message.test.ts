import { describe, expect, it } from "vitest";
import { messageText, thoughtsOf, toVouchMessage } from "@/components/chat/vouch-message.ts";
import { newId } from "@/lib/shared/ids.ts";

function answer(...parts: { type: string; [field: string]: unknown }[]) {
  const createdAt = "2026-11-21T12:00:00.000Z";
  return toVouchMessage({ id: newId(), parentId: null, role: "assistant", parts, createdAt });
}

function thought(text: string, durationMs?: number) {
  const timed = durationMs === undefined ? {} : { providerMetadata: { vouch: { durationMs } } };
  return { type: "reasoning", text, state: "done", ...timed };
}

describe("the thoughts beside an answer", () => {
  it("are one text with one duration, and no part of the answer's text", () => {
    const message = answer(
      thought("First.\n", 1_200),
      { type: "text", text: "It is so." },
      thought("Then.", 800),
    );
    expect(thoughtsOf(message)).toEqual({ text: "First.\n\nThen.", durationMs: 2_000 });
    expect(messageText(message)).toBe("It is so.");
  });

  it("have no duration when they were cut short", () => {
    expect(thoughtsOf(answer(thought("First.", 900), thought("Th")))).toEqual({
      text: "First.\n\nTh",
      durationMs: null,
    });
  });

  it("are absent for a model that shows none, and left out when they are malformed", () => {
    expect(thoughtsOf(answer({ type: "text", text: "It is so." }))).toBeUndefined();
    expect(answer({ type: "reasoning", text: 7 }).parts).toEqual([]);
  });
});

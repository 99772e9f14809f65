import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ScriptedUpstream, startScriptedUpstream } from "../../e2e/scripted-upstream/start.ts";
import type { Principal } from "../identity/schema.ts";
import { setOwnPort } from "../platform/own-address.ts";
import { newId } from "../shared/ids.ts";
import { type ModelEvent, streamModel } from "./stream-model.ts";

let upstream: ScriptedUpstream;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  // The scripted upstream stands where this program's router would.
  setOwnPort(Number(new URL(upstream.url).port));
});

afterAll(() => upstream.close());

const principal: Principal = {
  orgId: newId(),
  userId: newId(),
  name: "Member",
  email: null,
  role: "member",
  isGuest: false,
  via: "session",
  scopes: [],
};

async function listen(model: string) {
  const events: ModelEvent[] = [];
  const call = {
    principal,
    model,
    prompt: { instructions: "Answer.", messages: [{ role: "user" as const, content: "What?" }] },
    requestId: newId(),
    signal: AbortSignal.timeout(20_000),
  };
  const failure = await (async () => {
    for await (const event of streamModel(call)) events.push(event);
  })().catch((error: unknown) => error);
  return { events, failure };
}

describe("a model's stream", () => {
  it("brings thoughts apart from text, under either of their names, and ends with its token counts", async () => {
    for (const model of ["mock_n2_reasoning", "mock_n2_reasoningOld"]) {
      const { events, failure } = await listen(model);
      expect(failure).toBeUndefined();
      expect(events.slice(0, -1)).toEqual([
        { type: "reasoning", text: "Let me " },
        { type: "reasoning", text: "think." },
        { type: "text", text: "tok0 " },
        { type: "text", text: "tok1 " },
      ]);
      expect(events.at(-1)).toMatchObject({
        type: "end",
        finishReason: "stop",
        promptTokens: expect.any(Number),
        completionTokens: 4,
      });
    }
  });

  it("that is cut, or just ends, counts as interrupted, never as whole", async () => {
    for (const model of ["mock_n9_rst3", "mock_n9_end3", "mock_n9_reasoning_end1"]) {
      const { events, failure } = await listen(model);
      expect(events.length).toBeGreaterThan(0);
      expect(events.some(({ type }) => type === "end")).toBe(false);
      expect(failure).toMatchObject({ code: "stream_interrupted" });
    }
  });

  it("that is refused says how, and when to come back", async () => {
    expect((await listen("mock_e429_ra7000")).failure).toMatchObject({
      code: "rate_limited",
      retryAfterSeconds: 7,
    });
    expect((await listen("mock_e503")).failure).toMatchObject({ code: "model_unavailable" });
    expect((await listen("mock_cf")).failure).toMatchObject({ code: "content_filtered" });
  });
});

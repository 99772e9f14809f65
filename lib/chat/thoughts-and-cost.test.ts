import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../identity/schema.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { AppError } from "../shared/errors.ts";
import type { AnswerDeps } from "./answer-contract.ts";
import { findConversations, getConversation } from "./conversations.ts";
import { partsFromChunks, textOfParts } from "./message-parts.ts";
import { readShare } from "./read-share.ts";
import type { RunningAnswers } from "./running-answers.ts";
import { type CheckData, reasoningPartSchema, type UsageData } from "./schema.ts";
import { createShare } from "./shares.ts";
import { startAnswer } from "./start-answer.ts";
import type { ModelCall } from "./stream-model.ts";
import {
  ask,
  createDocument,
  createMember,
  createProcess,
  type FoundDocument,
  readAnswer,
  say,
  scriptedDeps,
  stateOf,
} from "./test-chat.ts";

let testDatabase: TestDatabase;
let owner: Principal;
let here: RunningAnswers;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  owner = await createMember();
  here = createProcess();
});

afterAll(() => testDatabase.close());

describe("thoughts", () => {
  const thoughtful = (document?: FoundDocument) =>
    scriptedDeps(async function* () {
      yield { type: "reasoning", text: "The report [1] says " };
      yield { type: "reasoning", text: "what I need. It lies." };
      yield* say("Nobody objected. [1]");
    }, document);

  it("are streamed before the answer and kept beside it, neither cited nor checked nor part of its text", async () => {
    const started = await startAnswer(owner, ask("Think?"), here, thoughtful());
    const { chunks } = await readAnswer(owner, started.generationId, { process: here });
    const { messages } = await getConversation(owner, started.conversationId);
    const parts = messages.at(-1)?.parts ?? [];
    expect(parts).toEqual(partsFromChunks(chunks));
    const kinds = parts.map(({ type }) => type);
    expect(kinds.indexOf("reasoning")).toBeLessThan(kinds.indexOf("text"));
    const thoughts = parts.find(({ type }) => type === "reasoning");
    expect(reasoningPartSchema.parse(thoughts)).toMatchObject({
      text: "The report [1] says what I need. It lies.",
      providerMetadata: { vouch: { durationMs: expect.any(Number) } },
    });
    expect(textOfParts(parts)).toBe("Nobody objected. [1]");
    expect(parts.filter(({ type }) => type === "data-citation")).toHaveLength(1);
    const check = parts.find(({ type }) => type === "data-check")?.data as CheckData;
    expect(check.sentences).toHaveLength(1);
  });

  it("are not sent back to a model, nor found by a search, nor shown behind a link", async () => {
    const document = await createDocument(owner.orgId);
    const first = await startAnswer(owner, ask("Think first?"), here, thoughtful(document));
    await here.runs.get(first.generationId)?.done;
    const calls: ModelCall[] = [];
    const next = await startAnswer(
      owner,
      ask("And then?", { conversationId: first.conversationId }),
      here,
      scriptedDeps((call) => {
        calls.push(call);
        return say("Nobody objected. [1]");
      }, document),
    );
    await here.runs.get(next.generationId)?.done;
    expect(JSON.stringify(calls[0]?.prompt)).toContain("Nobody objected.");
    expect(JSON.stringify(calls[0]?.prompt)).not.toContain("what I need");
    expect(await findConversations(owner, "what I need")).toEqual([]);
    const share = await createShare(owner, first.conversationId, { sources: true });
    const shared = JSON.stringify(await readShare(share.url.split("/").at(-1) ?? ""));
    expect(shared).toContain("Nobody objected.");
    expect(shared).not.toContain("what I need");
  });

  it("that break off before the first word make the answer interrupted, and stay", async () => {
    const deps = scriptedDeps(async function* () {
      yield { type: "reasoning", text: "The report says" };
      throw new AppError("stream_interrupted");
    });
    const started = await startAnswer(owner, ask("Break while thinking?"), here, deps);
    const { chunks } = await readAnswer(owner, started.generationId, { process: here });
    const parts = partsFromChunks(chunks);
    expect(stateOf(parts)).toMatchObject({ state: "interrupted", errorCode: "stream_interrupted" });
    expect(parts.find(({ type }) => type === "reasoning")).toMatchObject({ text: "The report says" });
  });
});

describe("what an answer cost", () => {
  async function usageOf(deps: AnswerDeps): Promise<UsageData> {
    const started = await startAnswer(owner, ask("How much?"), here, deps);
    const { chunks } = await readAnswer(owner, started.generationId, { process: here });
    return partsFromChunks(chunks).find(({ type }) => type === "data-usage")?.data as UsageData;
  }

  it("is what the router booked for it", async () => {
    const asked: string[] = [];
    const deps: AnswerDeps = {
      ...scriptedDeps((call) => {
        asked.push(call.requestId);
        return say("Nobody objected. [1]");
      }),
      findUsage: async (_principal, requestIds) => {
        expect(requestIds).toEqual(asked);
        return { costMicros: 420, attempts: 2 };
      },
    };
    expect(await usageOf(deps)).toMatchObject({ costMicros: 420, attempts: 2 });
  });

  it("is unknown, not nothing, without a price or when the books cannot be read", async () => {
    const deps = scriptedDeps(() => say("Nobody objected. [1]"));
    const unpriced = { ...deps, findUsage: async () => ({ costMicros: null, attempts: 1 }) };
    const unread = {
      ...deps,
      findUsage: async () => {
        throw new Error("the database is away");
      },
    };
    for (const outside of [unpriced, unread]) expect((await usageOf(outside)).costMicros).toBeNull();
  });
});

describe("a model that is asked too often", () => {
  it("leaves the moment when another try makes sense, and a filter's refusal its own words", async () => {
    const refuse = (error: AppError, text = "") =>
      scriptedDeps(async function* () {
        if (text !== "") yield { type: "text", text };
        throw error;
      });
    const soon = await startAnswer(
      owner,
      ask("Too often?"),
      here,
      refuse(new AppError("rate_limited", { retryAfterSeconds: 12 })),
    );
    const state = stateOf(
      partsFromChunks((await readAnswer(owner, soon.generationId, { process: here })).chunks),
    );
    expect(state).toMatchObject({ state: "failed", errorCode: "rate_limited" });
    expect(Date.parse(state?.retryAt ?? "") - Date.now()).toBeGreaterThan(1_000);
    const filtered = await startAnswer(
      owner,
      ask("Filtered?"),
      here,
      refuse(new AppError("content_filtered"), "The pump"),
    );
    const { chunks } = await readAnswer(owner, filtered.generationId, { process: here });
    expect(stateOf(partsFromChunks(chunks))).toMatchObject({
      state: "interrupted",
      errorCode: "content_filtered",
    });
  });
});

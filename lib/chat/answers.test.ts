import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Principal } from "../identity/schema.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import {
  deleteConversation,
  findConversations,
  getConversation,
  updateConversation,
} from "./conversations.ts";
import { findRunningAnswer, followAnswer } from "./follow-answer.ts";
import { beat, drainAnswers, reapAnswers } from "./keep-answers.ts";
import { dataOfPart, partsFromChunks, textOfParts } from "./message-parts.ts";
import type { RunningAnswers } from "./running-answers.ts";
import type { RetrievalData } from "./schema.ts";
import { startAnswer } from "./start-answer.ts";
import { stopAnswer } from "./stop-answer.ts";
import type { ModelCall, ModelEvent } from "./stream-model.ts";
import { ask, createMember, createProcess, readAnswer, say, scriptedDeps, stateOf } from "./test-chat.ts";

let testDatabase: TestDatabase;
let owner: Principal;
let here: RunningAnswers;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  owner = await createMember();
  here = createProcess();
});

afterAll(() => testDatabase.close());

const patience = { timeout: 15_000, interval: 20 };

/** A model that says one sentence and then waits until it is aborted. */
function talkThenWait(started: () => void = () => {}) {
  return async function* (call: ModelCall): AsyncGenerator<ModelEvent> {
    yield { type: "text", text: "The pump was replaced in May. [1]" };
    yield { type: "text", text: " The valve" };
    started();
    await sleep(60_000, undefined, { signal: call.signal });
  };
}

describe("an answer", () => {
  it("is streamed, cited and stored: the stored message equals what a reader saw", async () => {
    const deps = scriptedDeps(() =>
      say("The pump was ", "replaced in May.", " [1", "] Nobody objected. [1]"),
    );
    const started = await startAnswer(owner, ask("When was the pump replaced?"), here, deps);
    const { chunks, sequences } = await readAnswer(owner, started.generationId, { process: here });
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    const conversation = await getConversation(owner, started.conversationId);
    const answer = conversation.messages.find(({ id }) => id === started.messageId);
    expect(answer?.parts).toEqual(partsFromChunks(chunks));
    expect(textOfParts(answer?.parts ?? [])).toBe("The pump was replaced in May. [1] Nobody objected. [2]");
    expect(stateOf(answer?.parts ?? [])?.state).toBe("complete");
    expect(conversation.activeGeneration).toBeNull();
    expect(conversation.title).toBe("When was the pump replaced?");
    expect(conversation.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
  });

  it("reads the same for everyone who follows it, from the start or from the middle, also afterwards", async () => {
    const deps = scriptedDeps(async function* () {
      for (let index = 0; index < 30; index += 1) {
        yield { type: "text", text: `word${index} ` };
        await sleep(10);
      }
      yield { type: "end", finishReason: "stop", promptTokens: 1, completionTokens: 30, upstream: null };
    });
    const started = await startAnswer(owner, ask("Count"), here, deps);
    const other = createProcess();
    const [first, second, elsewhere] = await Promise.all([
      readAnswer(owner, started.generationId, { process: here }),
      readAnswer(owner, started.generationId, { process: here }),
      readAnswer(owner, started.generationId, { process: other }),
    ]);
    expect(second).toEqual(first);
    expect(elsewhere).toEqual(first);
    const rest = await readAnswer(owner, started.generationId, { after: 2, process: here });
    expect(rest.sequences).toEqual(first.sequences.slice(2));
  });

  it("goes on when its reader leaves", async () => {
    const deps = scriptedDeps(async function* () {
      yield { type: "text", text: "The pump was replaced in May. [1]" };
      await sleep(150);
      yield* say(" Nobody objected. [1]");
    });
    const started = await startAnswer(owner, ask("Who leaves?"), here, deps);
    const leave = new AbortController();
    for await (const _event of followAnswer(owner, started.generationId, 0, leave.signal, here))
      leave.abort();
    await here.runs.get(started.generationId)?.done;
    const { messages } = await getConversation(owner, started.conversationId);
    expect(textOfParts(messages.at(-1)?.parts ?? [])).toContain("Nobody objected. [2]");
  });

  it("stops when asked to, from this process or another, and keeps what was shown", async () => {
    for (const stopper of [here, createProcess()]) {
      const deps = scriptedDeps(talkThenWait());
      const started = await startAnswer(owner, ask("Stop?"), here, deps);
      const reading = readAnswer(owner, started.generationId, { process: here });
      const run = here.runs.get(started.generationId);
      await vi.waitFor(async () => {
        expect(await findRunningAnswer(owner, started.conversationId)).toBe(started.generationId);
      }, patience);
      await sleep(200);
      await stopAnswer(owner, started.generationId, stopper);
      if (stopper !== here) await beat(here);
      await run?.done;
      const { chunks } = await reading;
      const { messages } = await getConversation(owner, started.conversationId);
      const parts = messages.at(-1)?.parts ?? [];
      expect(parts).toEqual(partsFromChunks(chunks));
      expect(stateOf(parts)?.state).toBe("stopped");
      expect(textOfParts(parts)).toContain("The pump was replaced in May. [1]");
    }
  });

  it("counts as interrupted when the model breaks off, and as failed when it never began", async () => {
    const broken = scriptedDeps(async function* () {
      yield { type: "text", text: "The pump was" };
      throw new AppError("stream_interrupted");
    });
    const silent = scriptedDeps(async function* () {
      yield* [];
      throw new AppError("model_failed");
    });
    for (const [deps, state, code] of [
      [broken, "interrupted", "stream_interrupted"],
      [silent, "failed", "model_failed"],
    ] as const) {
      const started = await startAnswer(owner, ask("Break?"), here, deps);
      const { chunks } = await readAnswer(owner, started.generationId, { process: here });
      expect(stateOf(partsFromChunks(chunks))).toMatchObject({ state, errorCode: code });
    }
  });

  it("of a process that was killed becomes interrupted, with every character that was shown", async () => {
    const dead = createProcess();
    const started = await startAnswer(owner, ask("Killed?"), dead, scriptedDeps(talkThenWait()));
    const seen: unknown[] = [];
    const leave = new AbortController();
    for await (const { data } of followAnswer(owner, started.generationId, 0, leave.signal, dead)) {
      seen.push(...(JSON.parse(data) as unknown[]));
      if (JSON.stringify(seen).includes("The valve")) leave.abort();
    }
    // The process is gone: nobody beats for it, and its end is never stored by itself.
    expect(await reapAnswers(0)).toBeGreaterThanOrEqual(1);
    const { messages } = await getConversation(owner, started.conversationId);
    const parts = messages.at(-1)?.parts ?? [];
    expect(stateOf(parts)?.state).toBe("interrupted");
    expect(textOfParts(parts)).toBe(textOfParts(partsFromChunks(seen)));
    const { chunks } = await readAnswer(owner, started.generationId, { process: createProcess() });
    expect(partsFromChunks(chunks)).toEqual(parts);
    dead.runs.get(started.generationId)?.abort.abort("test over");
    await dead.runs.get(started.generationId)?.done;
    expect((await getConversation(owner, started.conversationId)).messages.at(-1)?.parts).toEqual(parts);
  });

  it("is finished or interrupted by a shutdown, and a draining process starts none", async () => {
    const leaving = createProcess();
    const started = await startAnswer(owner, ask("Drain?"), leaving, scriptedDeps(talkThenWait()));
    await drainAnswers(50, leaving);
    const { messages } = await getConversation(owner, started.conversationId);
    expect(stateOf(messages.at(-1)?.parts ?? [])?.state).toBe("interrupted");
    await expect(startAnswer(owner, ask("Too late?"), leaving)).rejects.toMatchObject({
      code: "unavailable",
    });
  });
});

describe("sending", () => {
  it("under one idempotency key twice is one question and one answer", async () => {
    const request = ask("Twice?");
    const deps = scriptedDeps(() => say("Nobody objected. [1]"));
    const first = await startAnswer(owner, request, here, deps);
    const second = await startAnswer(owner, request, here, deps);
    expect(second).toEqual(first);
    await here.runs.get(first.generationId)?.done;
    expect((await getConversation(owner, first.conversationId)).messages).toHaveLength(2);
  });

  it("from two tabs at once leaves one answer running and tells the other so", async () => {
    const first = await startAnswer(
      owner,
      ask("Begin"),
      here,
      scriptedDeps(() => say("Nobody objected. [1]")),
    );
    await here.runs.get(first.generationId)?.done;
    const deps = scriptedDeps(talkThenWait());
    const { conversationId } = first;
    const results = await Promise.allSettled(
      ["A?", "B?"].map((text) => startAnswer(owner, ask(text, { conversationId }), here, deps)),
    );
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused.map(({ reason }) => (reason as AppError).code)).toEqual(["generation_running"]);
    for (const run of here.runs.values()) run.abort.abort("test over");
    await Promise.all(Array.from(here.runs.values(), ({ done }) => done));
    const { messages } = await getConversation(owner, conversationId);
    expect(messages).toHaveLength(4);
  });

  it("edits and regenerates beside what was there, and overwrites nothing", async () => {
    const deps = scriptedDeps(() => say("Nobody objected. [1]"));
    const first = await startAnswer(owner, ask("Original?"), here, deps);
    await here.runs.get(first.generationId)?.done;
    const { conversationId } = first;
    const again = await startAnswer(
      owner,
      {
        idempotencyKey: newId(),
        conversationId,
        message: { type: "regenerate", messageId: first.messageId },
      },
      here,
      deps,
    );
    await here.runs.get(again.generationId)?.done;
    const edited = await startAnswer(owner, ask("Edited?", { conversationId, parentId: null }), here, deps);
    await here.runs.get(edited.generationId)?.done;
    const { messages, activeLeafId } = await getConversation(owner, conversationId);
    const questions = messages.filter(({ role }) => role === "user");
    expect(questions.map(({ parts }) => textOfParts(parts))).toEqual(["Original?", "Edited?"]);
    expect(messages.filter(({ parentId }) => parentId === questions[0]?.id)).toHaveLength(2);
    expect(activeLeafId).toBe(edited.messageId);
    const back = await updateConversation(owner, conversationId, { activeLeafId: questions[0]?.id });
    expect(back.activeLeafId).toBe(again.messageId);
  });

  it("searches the words a person puts in the place of the question, as another answer beside the first", async () => {
    const queries: string[] = [];
    const prompts: string[] = [];
    const scripted = scriptedDeps((call) => {
      prompts.push(call.prompt.messages.at(-1)?.content ?? "");
      return say("Nobody objected. [1]");
    });
    const deps = {
      ...scripted,
      search: (...[principal, request, signal]: Parameters<typeof scripted.search>) => {
        queries.push(request.query);
        return scripted.search(principal, request, signal);
      },
    };
    const first = await startAnswer(owner, ask("Did anybody mind?"), here, deps);
    await here.runs.get(first.generationId)?.done;
    const { conversationId } = first;
    const message = {
      type: "regenerate",
      messageId: first.messageId,
      searchedQuestion: "objections to the pump",
    } as const;
    const request = { idempotencyKey: newId(), conversationId, message };
    const again = await startAnswer(owner, request, here, deps);
    const { chunks } = await readAnswer(owner, again.generationId, { process: here });
    expect(queries).toEqual(["Did anybody mind?", "objections to the pump"]);
    expect(prompts[1]).toBe("Did anybody mind?\n(Asked in full: objections to the pump)");
    const retrieval = dataOfPart<RetrievalData>(partsFromChunks(chunks), "data-retrieval");
    expect(retrieval).toMatchObject({
      question: "Did anybody mind?",
      searchedQuestion: "objections to the pump",
      isRewritten: true,
      isEdited: true,
    });
    const { messages } = await getConversation(owner, conversationId);
    const answers = messages.filter(({ role }) => role === "assistant");
    expect(answers.map(({ parentId }) => parentId)).toEqual([answers[0]?.parentId, answers[0]?.parentId]);
  });

  it("sends a follow-up with the history of its branch, and searches it in its standalone form", async () => {
    const calls: ModelCall[] = [];
    const deps = scriptedDeps((call) => {
      calls.push(call);
      return say("Nobody objected. [1]");
    });
    const first = await startAnswer(owner, ask("When was the pump replaced?"), here, deps);
    await here.runs.get(first.generationId)?.done;
    const next = await startAnswer(
      owner,
      ask("Who approved it?", { conversationId: first.conversationId }),
      here,
      deps,
    );
    const { chunks } = await readAnswer(owner, next.generationId, { process: here });
    expect(JSON.stringify(chunks)).toContain("Who approved the pump?");
    expect(calls[1]?.prompt.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(calls[1]?.prompt.messages[1]?.content).toBe("Nobody objected.");
  });
});

describe("a conversation of somebody else", () => {
  it("answers exactly as one that does not exist, for every verb", async () => {
    const deps = scriptedDeps(() => say("Nobody objected. [1]"));
    const mine = await startAnswer(owner, ask("Mine?"), here, deps);
    await here.runs.get(mine.generationId)?.done;
    const colleague = await createMember("Colleague", owner.orgId);
    const foreigner = await createMember("Foreigner");
    const { conversationId, generationId } = mine;
    for (const other of [colleague, foreigner]) {
      const attempts = [
        () => getConversation(other, conversationId),
        () => updateConversation(other, conversationId, { title: "Taken" }),
        () => deleteConversation(other, conversationId, here),
        () => findRunningAnswer(other, conversationId),
        () => stopAnswer(other, generationId, here),
        () => startAnswer(other, ask("Mine now?", { conversationId }), here, deps),
      ];
      for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: "not_found" });
      expect((await findConversations(other, undefined)).map(({ id }) => id)).not.toContain(conversationId);
    }
    expect((await getConversation(owner, conversationId)).title).toBe("Mine?");
  });
});

describe("searching conversations", () => {
  it("finds titles and text, and takes wildcards as letters", async () => {
    const deps = scriptedDeps(() => say("Nobody objected. [1]"));
    const made = await startAnswer(owner, ask("Is 100% of the zebra covered?"), here, deps);
    await here.runs.get(made.generationId)?.done;
    const ids = async (search: string) => (await findConversations(owner, search)).map(({ id }) => id);
    expect(await ids("ZEBRA")).toContain(made.conversationId);
    expect(await ids("100%")).toEqual([made.conversationId]);
    expect(await ids("nobody objected")).toContain(made.conversationId);
    expect(await ids("z_bra")).toEqual([]);
  });
});

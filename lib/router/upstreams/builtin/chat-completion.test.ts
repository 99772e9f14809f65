import { describe, expect, it } from "vitest";
import { formatSources } from "../../../shared/prompt-contract.ts";
import {
  BUILTIN_CHAT_MODEL,
  type BuiltinChatChunk,
  type BuiltinChatDeps,
  type BuiltinChatRequest,
  completeBuiltinChat,
  streamBuiltinChat,
} from "./chat-completion.ts";

const source = {
  number: 1,
  title: "Log",
  text: "The seal was replaced in May. The hull was painted in June.",
};
const messages = [
  { role: "system", content: formatSources([source]) },
  { role: "user", content: "When was the seal replaced?" },
];
const answer = "The seal was replaced in May. [1]";

function createDeps(): BuiltinChatDeps & { readonly pauses: number[] } {
  const pauses: number[] = [];
  return {
    pauses,
    now: () => 1_700_000_000_999,
    newId: () => "fixed",
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      pauses.push(ms);
    },
  };
}

async function collect(chunks: AsyncIterable<BuiltinChatChunk>): Promise<BuiltinChatChunk[]> {
  const list: BuiltinChatChunk[] = [];
  for await (const chunk of chunks) list.push(chunk);
  return list;
}

const textOf = (chunks: readonly BuiltinChatChunk[]) =>
  chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");

describe("streamBuiltinChat", () => {
  it("sends the role, the words one by one at the pace, and the finish reason", async () => {
    const deps = createDeps();
    const chunks = await collect(streamBuiltinChat({ messages }, { paceMs: 7 }, deps));
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: "" });
    expect(textOf(chunks)).toBe(answer);
    expect(chunks.at(-1)?.choices[0]).toMatchObject({ delta: {}, finish_reason: "stop" });
    expect(chunks.every((chunk) => chunk.model === BUILTIN_CHAT_MODEL && chunk.id === "chatcmpl-fixed")).toBe(
      true,
    );
    expect(chunks[0]?.created).toBe(1_700_000_000);
    expect(deps.pauses).toEqual(Array(5).fill(7));
  });

  it("keeps a marker in one delta with its word", async () => {
    const chunks = await collect(streamBuiltinChat({ messages }, { paceMs: 1 }, createDeps()));
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content)).toContain("May. [1]");
  });

  it("sends the whole text in one delta without waiting when the pace is 0", async () => {
    const deps = createDeps();
    const chunks = await collect(streamBuiltinChat({ messages }, { paceMs: 0 }, deps));
    expect(chunks).toHaveLength(3);
    expect(deps.pauses).toEqual([]);
  });

  it("ends with a usage chunk without choices when asked, and only then", async () => {
    const request: BuiltinChatRequest = { messages, stream_options: { include_usage: true } };
    const chunks = await collect(streamBuiltinChat(request, { paceMs: 0 }, createDeps()));
    const usage = chunks.at(-1)?.usage;
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
    const without = await collect(streamBuiltinChat({ messages }, { paceMs: 0 }, createDeps()));
    expect(without.every((chunk) => !("usage" in chunk))).toBe(true);
  });

  it("stops at once when the signal aborts", async () => {
    const controller = new AbortController();
    const chunks: BuiltinChatChunk[] = [];
    const run = async () => {
      for await (const chunk of streamBuiltinChat(
        { messages },
        { signal: controller.signal },
        createDeps(),
      )) {
        chunks.push(chunk);
        if (chunks.length === 3) controller.abort(new Error("reader left"));
      }
    };
    await expect(run()).rejects.toThrow("reader left");
    expect(chunks).toHaveLength(3);
  });

  it("wakes from a real pause when the signal aborts", async () => {
    const controller = new AbortController();
    const stream = streamBuiltinChat({ messages }, { paceMs: 600_000, signal: controller.signal });
    await stream.next();
    await stream.next();
    const waiting = stream.next();
    controller.abort();
    await expect(waiting).rejects.toThrow();
  });
});

describe("completeBuiltinChat", () => {
  it("gives the same text as the stream, with usage", () => {
    const completion = completeBuiltinChat({ messages }, createDeps());
    expect(completion.choices[0]).toMatchObject({
      message: { role: "assistant", content: answer },
      finish_reason: "stop",
    });
    expect(completion.usage.completion_tokens).toBeGreaterThan(0);
  });

  it("cuts at max_tokens on a word and says so", () => {
    const completion = completeBuiltinChat({ messages, max_tokens: 4 }, createDeps());
    expect(completion.choices[0]?.message.content).toBe("The seal was");
    expect(completion.choices[0]?.finish_reason).toBe("length");
    expect(completion.usage.completion_tokens).toBeLessThanOrEqual(4);
  });

  it("ends before the first stop sequence", () => {
    const completion = completeBuiltinChat({ messages, stop: ["May", "replaced"] }, createDeps());
    expect(completion.choices[0]?.message.content).toBe("The seal was ");
  });

  it("refuses a request without messages", () => {
    expect(() => completeBuiltinChat({ messages: [] })).toThrow(/messages/);
  });
});

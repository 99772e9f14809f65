import type { UIMessageChunk } from "ai";
import { describe, expect, test } from "vitest";
import type { VouchMessage } from "@/components/chat/vouch-message.ts";
import { type TransportDeps, VouchTransport } from "@/components/chat/vouch-transport.ts";
import type { RequestError } from "@/components/http/request-json.ts";
import { chatRequestSchema } from "@/lib/chat/schema.ts";
import { newId } from "@/lib/shared/ids.ts";

const CONVERSATION_ID = newId();
const MESSAGE_ID = newId();

const GENERATION = {
  generationId: newId(),
  conversationId: CONVERSATION_ID,
  messageId: MESSAGE_ID,
  userMessageId: newId(),
  state: "streaming",
  errorCode: null,
  errorMessage: null,
};

const EVENTS: UIMessageChunk[][] = [
  [
    { type: "start", messageId: MESSAGE_ID },
    { type: "data-generation", data: GENERATION },
  ],
  [
    { type: "text-start", id: "t" },
    { type: "text-delta", id: "t", delta: "Grüße, " },
  ],
  [{ type: "text-delta", id: "t", delta: "the pump 🙂 was replaced." }],
  [
    { type: "text-delta", id: "t", delta: " [1]" },
    { type: "text-end", id: "t" },
  ],
  [{ type: "finish" }],
];
const ALL_CHUNKS = EVENTS.flat();

const encoder = new TextEncoder();

/** The wire form of the events after `after`, with a heartbeat between them. */
function wire(after = 0, newline = "\n"): Uint8Array {
  const lines = EVENTS.flatMap((chunks, index) =>
    index < after ? [] : [`id: ${index + 1}`, `data: ${JSON.stringify(chunks)}`, "", ": beat", ""],
  );
  return encoder.encode([...lines, "data: [DONE]", "", ""].join(newline));
}

/** A response that yields the parts; ends in an error when `isDropped`. */
function respond(parts: readonly Uint8Array[], isDropped = false): Response {
  let index = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const part = parts[index];
      index += 1;
      if (part) controller.enqueue(part);
      else if (isDropped) controller.error(new TypeError("network error"));
      else controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

const question: VouchMessage = { id: newId(), role: "user", parts: [{ type: "text", text: "Why?" }] };

function ask(transport: VouchTransport, abortSignal?: AbortSignal) {
  return transport.sendMessages({
    trigger: "submit-message",
    chatId: "chat",
    messageId: undefined,
    messages: [question],
    abortSignal,
    body: { parentId: null },
  });
}

async function collect(stream: ReadableStream<UIMessageChunk>): Promise<UIMessageChunk[]> {
  const chunks: UIMessageChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

/** Answers each request with the next of `replies` and keeps what was asked. */
function fakeServer(replies: readonly (() => Response | Promise<Response>)[]) {
  const requests: { path: string; body: unknown }[] = [];
  const delaysMs: number[] = [];
  const deps: TransportDeps = {
    fetch: async (input, init) => {
      requests.push({ path: String(input), body: init?.body ? JSON.parse(String(init.body)) : null });
      const reply = replies[requests.length - 1];
      if (!reply) throw new Error(`unexpected request to ${input}`);
      return reply();
    },
    sleep: async (delayMs) => {
      delaysMs.push(delayMs);
    },
  };
  return { deps, requests, delaysMs };
}

describe("VouchTransport", () => {
  test.each(["\n", "\r\n", "\r"])(
    "reads the same chunks wherever the bytes are cut (newline %j)",
    async (newline) => {
      const bytes = wire(0, newline);
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        const { deps } = fakeServer([() => respond([bytes.slice(0, cut), bytes.slice(cut)])]);
        expect(await collect(await ask(new VouchTransport({}, deps)))).toEqual(ALL_CHUNKS);
      }
    },
  );

  test("reads the same chunks when every byte comes alone", async () => {
    const { deps } = fakeServer([() => respond(Array.from(wire(), (byte) => Uint8Array.of(byte)))]);
    expect(await collect(await ask(new VouchTransport({}, deps)))).toEqual(ALL_CHUNKS);
  });

  test("goes on after a connection dropped at any byte, without gap or repeat", async () => {
    const bytes = wire();
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const { deps, requests } = fakeServer([
        () => respond([bytes.slice(0, cut)], cut % 2 === 0),
        () => {
          const after = /after=(\d+)/.exec(requests[1]?.path ?? "")?.[1];
          return respond([wire(Number(after ?? 0))]);
        },
      ]);
      const chunks = await collect(await ask(new VouchTransport({}, deps)));
      expect(chunks).toEqual(ALL_CHUNKS);
      expect(requests.length).toBe(2);
    }
  });

  test("names the answer it follows, so that one that ended meanwhile gives its rest", async () => {
    const headers = {
      "x-vouch-conversation-id": CONVERSATION_ID,
      "x-vouch-generation-id": GENERATION.generationId,
    };
    const { deps, requests } = fakeServer([
      () => new Response(respond([], true).body, { headers }),
      () => respond([wire()]),
    ]);
    expect(await collect(await ask(new VouchTransport({}, deps)))).toEqual(ALL_CHUNKS);
    expect(requests[1]?.path).toBe(
      `/api/conversations/${CONVERSATION_ID}/stream?generation=${GENERATION.generationId}`,
    );
  });

  test("drops events that a server sends a second time", async () => {
    const { deps } = fakeServer([() => respond([wire().slice(0, 500)], true), () => respond([wire()])]);
    const transport = new VouchTransport({ conversationId: CONVERSATION_ID }, deps);
    expect(await collect(await ask(transport))).toEqual(ALL_CHUNKS);
  });

  test("sends a new conversation's question again under the same key when nothing arrived", async () => {
    const { deps, requests } = fakeServer([() => respond([], true), () => respond([wire()])]);
    await collect(await ask(new VouchTransport({}, deps)));
    expect(requests.map((request) => request.path)).toEqual(["/api/chat", "/api/chat"]);
    expect(requests[1]?.body).toEqual(requests[0]?.body);
    expect(requests[0]?.body).toEqual({
      idempotencyKey: question.id,
      parentId: null,
      message: { type: "text", text: "Why?" },
    });
  });

  test("waits longer between tries, tells of the loss and of the return", async () => {
    const states: boolean[] = [];
    const { deps, delaysMs } = fakeServer([
      () => respond([wire().slice(0, 600)], true),
      () => Promise.reject(new TypeError("failed to fetch")),
      () => new Response(null, { status: 503 }),
      () => respond([wire()]),
    ]);
    const transport = new VouchTransport(
      { conversationId: CONVERSATION_ID, onConnectionLost: (isLost) => states.push(isLost) },
      deps,
    );
    expect(await collect(await ask(transport))).toEqual(ALL_CHUNKS);
    expect(delaysMs).toEqual([250, 500, 1000]);
    expect(states).toEqual([true, false]);
  });

  test("ends quietly when the answer ended while the connection was away", async () => {
    const { deps } = fakeServer([
      () => respond([wire().slice(0, 600)], true),
      () => new Response(null, { status: 204 }),
    ]);
    const chunks = await collect(await ask(new VouchTransport({ conversationId: CONVERSATION_ID }, deps)));
    expect(chunks).toEqual(ALL_CHUNKS.slice(0, chunks.length));
  });

  test("learns the conversation from the first event and replays from the start on reconnect", async () => {
    const { deps, requests } = fakeServer([() => respond([wire()]), () => respond([wire()])]);
    const transport = new VouchTransport({}, deps);
    await collect(await ask(transport));
    const replay = await transport.reconnectToStream({ chatId: "chat", abortSignal: undefined });
    expect(replay && (await collect(replay))).toEqual(ALL_CHUNKS);
    expect(requests[1]?.path).toBe(`/api/conversations/${CONVERSATION_ID}/stream`);
  });

  test("reports null when nothing runs and asks nothing without a conversation", async () => {
    const { deps, requests } = fakeServer([() => new Response(null, { status: 204 })]);
    const known = new VouchTransport({ conversationId: CONVERSATION_ID }, deps);
    expect(await known.reconnectToStream({ chatId: "c", abortSignal: undefined })).toBeNull();
    expect(
      await new VouchTransport({}, deps).reconnectToStream({ chatId: "c", abortSignal: undefined }),
    ).toBeNull();
    expect(requests.length).toBe(1);
  });

  test("throws the server's code and sentence when it refuses", async () => {
    const body = { error: { code: "generation_running", message: "Wait.", requestId: "r" } };
    const { deps } = fakeServer([() => Response.json(body, { status: 409 })]);
    await expect(ask(new VouchTransport({}, deps))).rejects.toMatchObject({
      code: "generation_running",
      message: "Wait.",
      status: 409,
    });
  });

  test("throws with the moment when another try makes sense, where the server names one", async () => {
    const body = { error: { code: "rate_limited", message: "Too many.", requestId: "r" } };
    const { deps } = fakeServer([
      () => Response.json(body, { status: 429, headers: { "retry-after": "30" } }),
      () => Response.json(body, { status: 429 }),
    ]);
    const before = Date.now();
    const refusals = [];
    for (let index = 0; index < 2; index += 1) {
      refusals.push(await ask(new VouchTransport({}, deps)).catch((error: RequestError) => error.retryAtMs));
    }
    expect(refusals[0]).toBeGreaterThanOrEqual(before + 30_000);
    expect(refusals[1]).toBeNull();
  });

  test("sends the chosen model with a question and with the wish for another answer", async () => {
    const { deps, requests } = fakeServer([() => respond([wire()]), () => respond([wire()])]);
    const transport = new VouchTransport({ conversationId: CONVERSATION_ID }, deps);
    for (const trigger of ["submit-message", "regenerate-message"] as const) {
      const stream = await transport.sendMessages({
        trigger,
        chatId: "chat",
        messageId: trigger === "regenerate-message" ? MESSAGE_ID : undefined,
        messages: [question],
        abortSignal: undefined,
        body: { options: { model: "mini" } },
      });
      await collect(stream);
    }
    for (const { body } of requests) expect(chatRequestSchema.parse(body).options).toEqual({ model: "mini" });
  });

  test("asks for another answer by the message's id, with the words to search for", async () => {
    const { deps, requests } = fakeServer([() => respond([wire()])]);
    const transport = new VouchTransport({ conversationId: CONVERSATION_ID }, deps);
    const stream = await transport.sendMessages({
      trigger: "regenerate-message",
      chatId: "chat",
      messageId: MESSAGE_ID,
      messages: [question],
      abortSignal: undefined,
      body: { searchedQuestion: "coolant pump" },
    });
    await collect(stream);
    expect(chatRequestSchema.parse(requests[0]?.body)).toMatchObject({
      conversationId: CONVERSATION_ID,
      message: { type: "regenerate", messageId: MESSAGE_ID, searchedQuestion: "coolant pump" },
    });
  });

  test("leaves out data parts that do not match their schema", async () => {
    const odd: UIMessageChunk[] = [
      { type: "data-citation", data: { marker: "one" } },
      { type: "data-unheard-of", data: 1 },
      { type: "finish" },
    ];
    const bytes = encoder.encode(`id: 1\ndata: ${JSON.stringify(odd)}\n\ndata: [DONE]\n\n`);
    const { deps } = fakeServer([() => respond([bytes])]);
    expect(await collect(await ask(new VouchTransport({}, deps)))).toEqual([{ type: "finish" }]);
  });

  test("asks nothing more once the reader has gone", async () => {
    const abort = new AbortController();
    const { deps, requests } = fakeServer([() => respond([wire().slice(0, 600)], true)]);
    const stream = await ask(new VouchTransport({ conversationId: CONVERSATION_ID }, deps), abort.signal);
    const reader = stream.getReader();
    await reader.read();
    abort.abort();
    await reader.cancel();
    expect(requests.length).toBe(1);
  });
});

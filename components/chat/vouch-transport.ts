import type { ChatTransport, UIMessageChunk } from "ai";
import { readEventStream, type ServerEvent } from "@/components/chat/read-event-stream.ts";
import { isKnownPart, messageText, type VouchMessage } from "@/components/chat/vouch-message.ts";
import { offlineError, RequestError, readRequestError } from "@/components/http/request-json.ts";
import type { ChatRequest, GenerationData } from "@/lib/chat/schema.ts";
import { newId } from "@/lib/shared/ids.ts";

/** What the view adds to a question; becomes part of the request to the server. */
export type AskOptions = Pick<ChatRequest, "parentId" | "collectionIds" | "options"> & {
  /** For another answer to the same question: what to search in its place. */
  readonly searchedQuestion?: string;
};

/** The outside world; tests pass their own. */
export interface TransportDeps {
  readonly fetch: typeof fetch;
  /** Waits; resolves early when the signal fires. */
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
}

export interface VouchTransportOptions {
  /** Undefined for a conversation that begins with the next question. */
  readonly conversationId?: string | undefined;
  /** Told true when a running answer's connection is lost, false when it is back. */
  readonly onConnectionLost?: (isLost: boolean) => void;
}

type SendOptions = Parameters<ChatTransport<VouchMessage>["sendMessages"]>[0];
type ReconnectOptions = Parameters<ChatTransport<VouchMessage>["reconnectToStream"]>[0];

const RETRY_DELAYS_MS = [250, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000, 8000, 8000];
/** The server sends a heartbeat every 15 s; three missed ones mean that the line is dead. */
const SILENCE_LIMIT_MS = 45_000;

const DEFAULT_DEPS: TransportDeps = {
  fetch: (input, init) => fetch(input, init),
  sleep: (delayMs, signal) =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        globalThis.removeEventListener?.("online", end);
        resolve();
      };
      const timer = setTimeout(end, delayMs);
      signal.addEventListener("abort", end, { once: true });
      // The browser knows first when the network is back.
      globalThis.addEventListener?.("online", end);
    }),
};

/**
 * Carries questions and answers between `useChat` and the server. Each event has a sequence; when a connection drops
 * the transport asks for what follows the last one seen, so the hook above reads one unbroken stream. Aborting is a
 * disconnect, never a stop: the server goes on writing.
 */
export class VouchTransport implements ChatTransport<VouchMessage> {
  /** A reconnect after a reload replays the answer from its start. */
  readonly resumeStreamIsReplay = true;
  /** Becomes known with the first event of a new conversation. */
  conversationId: string | undefined;
  private readonly onConnectionLost: (isLost: boolean) => void;
  private readonly deps: TransportDeps;

  constructor(options: VouchTransportOptions = {}, deps: TransportDeps = DEFAULT_DEPS) {
    this.conversationId = options.conversationId;
    this.onConnectionLost = options.onConnectionLost ?? (() => undefined);
    this.deps = deps;
  }

  /** @throws RequestError when the server refuses or cannot be reached. */
  async sendMessages(options: SendOptions): Promise<ReadableStream<UIMessageChunk>> {
    const request = toChatRequest(options, this.conversationId);
    const post = (signal: AbortSignal) =>
      this.deps.fetch("/api/chat", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(request),
        signal,
      });
    const stream = await this.open(post, options.abortSignal);
    if (stream === null) throw new RequestError("internal", "The server sent no answer. Try again.", 204);
    return stream;
  }

  /** The running answer from its start, or null when nothing runs. */
  async reconnectToStream({ abortSignal }: ReconnectOptions): Promise<ReadableStream<UIMessageChunk> | null> {
    if (this.conversationId === undefined) return null;
    return this.open((signal) => this.fetchAfter(0, null, signal), abortSignal);
  }

  private fetchAfter(sequence: number, generationId: string | null, signal: AbortSignal): Promise<Response> {
    const query = new URLSearchParams();
    if (sequence > 0) query.set("after", String(sequence));
    // Named, so that an answer that ended while the connection was away still gives the rest.
    if (generationId !== null) query.set("generation", generationId);
    const suffix = query.size === 0 ? "" : `?${query}`;
    return this.deps.fetch(`/api/conversations/${this.conversationId}/stream${suffix}`, { signal });
  }

  private async open(
    first: (signal: AbortSignal) => Promise<Response>,
    outerSignal: AbortSignal | undefined,
  ): Promise<ReadableStream<UIMessageChunk> | null> {
    const abort = new AbortController();
    outerSignal?.addEventListener("abort", () => abort.abort(outerSignal.reason), { once: true });
    const response = await first(abort.signal).catch((error: unknown) => {
      throw abort.signal.aborted ? error : offlineError();
    });
    if (response.status === 204) return null;
    if (!response.ok) throw await readRequestError(response);
    const chunks = this.readChunks(response, first, abort.signal);
    return new ReadableStream<UIMessageChunk>({
      async pull(controller) {
        try {
          const { done, value } = await chunks.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          controller.error(error);
        }
      },
      cancel: (reason) => abort.abort(reason),
    });
  }

  /** Chunks of one answer across as many connections as it takes. */
  private async *readChunks(
    firstResponse: Response,
    first: (signal: AbortSignal) => Promise<Response>,
    signal: AbortSignal,
  ): AsyncGenerator<UIMessageChunk> {
    let response: Response | null = firstResponse;
    let sequence = 0;
    this.conversationId ??= firstResponse.headers.get("x-vouch-conversation-id") ?? undefined;
    let generationId = firstResponse.headers.get("x-vouch-generation-id");
    while (response) {
      try {
        for await (const event of eventsOf(response, signal)) {
          if (event.data === "[DONE]") return;
          const number = Number(event.id);
          if (Number.isFinite(number) && event.id !== "") {
            if (number <= sequence) continue;
            sequence = number;
          }
          for (const chunk of parseChunks(event.data)) {
            if (chunk.type === "data-generation") {
              const data = chunk.data as GenerationData;
              this.conversationId ??= data.conversationId;
              generationId ??= data.generationId;
            }
            yield chunk;
          }
        }
      } catch (error) {
        if (signal.aborted) throw error;
        if (error instanceof SyntaxError) throw error;
      }
      if (signal.aborted) return;
      // Until the conversation is known the same question is sent again; its key makes the server continue the same run.
      const after = sequence;
      const generation = generationId;
      response = await this.reconnect(
        (retrySignal) =>
          this.conversationId === undefined
            ? first(retrySignal)
            : this.fetchAfter(after, generation, retrySignal),
        signal,
      );
    }
  }

  /** Tries until a response comes; null when the answer ended meanwhile. */
  private async reconnect(
    request: (signal: AbortSignal) => Promise<Response>,
    signal: AbortSignal,
  ): Promise<Response | null> {
    this.onConnectionLost(true);
    try {
      for (const delayMs of RETRY_DELAYS_MS) {
        await this.deps.sleep(delayMs, signal);
        if (signal.aborted) return null;
        const response = await request(signal).catch(() => null);
        if (response?.status === 204) return null;
        if (response?.ok) return response;
        if (response && response.status < 500 && response.status !== 429)
          throw await readRequestError(response);
      }
      throw offlineError();
    } finally {
      this.onConnectionLost(false);
    }
  }
}

/** The chunks of one event; data parts of unknown kinds or shapes are left out. */
function parseChunks(data: string): UIMessageChunk[] {
  const chunks: unknown = JSON.parse(data);
  if (!Array.isArray(chunks)) return [];
  return (chunks as UIMessageChunk[]).filter(
    (chunk) => !chunk.type.startsWith("data-") || isKnownPart(chunk),
  );
}

/** The one request a hook's call stands for: a new question, the last one again, or another answer. */
function toChatRequest(options: SendOptions, conversationId: string | undefined): ChatRequest {
  const ask = (options.body ?? {}) as AskOptions;
  const question = options.messages.findLast((message) => message.role === "user");
  const common = {
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(ask.collectionIds === undefined ? {} : { collectionIds: ask.collectionIds }),
    ...(ask.options === undefined ? {} : { options: ask.options }),
  };
  if (options.trigger === "regenerate-message" && options.messageId !== undefined) {
    const message = {
      type: "regenerate" as const,
      messageId: options.messageId,
      ...(ask.searchedQuestion === undefined ? {} : { searchedQuestion: ask.searchedQuestion }),
    };
    return { ...common, idempotencyKey: newId(), message };
  }
  return {
    ...common,
    ...(ask.parentId === undefined ? {} : { parentId: ask.parentId }),
    // The question's local id: sending it again after a lost connection starts no second run.
    idempotencyKey: question?.id ?? newId(),
    message: { type: "text", text: question ? messageText(question) : "" },
  };
}

/** Events of one response; ends with an error when the line stays silent too long. */
async function* eventsOf(response: Response, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  if (!response.body) return;
  yield* readEventStream(readBytes(response.body.getReader(), signal));
}

async function* readBytes(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const cancel = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", cancel, { once: true });
  try {
    while (true) {
      const timer = setTimeout(cancel, SILENCE_LIMIT_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}

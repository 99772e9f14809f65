import { errorBody } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import { logger } from "../log.ts";
import { httpError } from "./error-response.ts";
import { securityHeaders } from "./security-headers.ts";

/** One server-sent event. */
export interface SseEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data: string;
}

/** How a stream of events behaves. */
export interface SseOptions {
  /** A comment is sent after this much silence, so that proxies keep the connection. */
  readonly heartbeatMs?: number;
  /** Ends the stream; pass `request.signal`. */
  readonly signal?: AbortSignal;
  readonly requestId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const HEARTBEAT_MS = 15_000;
const HEARTBEAT = ": keep-alive\n\n";
const LINE_BREAK = /\r\n|\r|\n/;

/** The text of one event on the wire; line breaks in `data` become several data lines, in names they are dropped. */
export function formatSseEvent(event: SseEvent): string {
  const lines: string[] = [];
  if (event.event !== undefined) lines.push(`event: ${event.event.replace(/[\r\n]/g, "")}`);
  if (event.id !== undefined) lines.push(`id: ${event.id.replace(/[\r\n\0]/g, "")}`);
  for (const line of event.data.split(LINE_BREAK)) lines.push(`data: ${line}`);
  return `${lines.join("\n")}\n\n`;
}

/** Waits for the first of: the next event, `heartbeatMs` of silence, the signal. */
function nextOrSilence(
  pending: Promise<IteratorResult<SseEvent>>,
  heartbeatMs: number,
  signal: AbortSignal | undefined,
): Promise<IteratorResult<SseEvent> | "silence" | "aborted"> {
  return new Promise((resolve, reject) => {
    const onAbort = () => finish(() => resolve("aborted"));
    const timer = setTimeout(() => finish(() => resolve("silence")), heartbeatMs);
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    pending.then(
      (result) => finish(() => resolve(result)),
      (error: unknown) => finish(() => reject(error)),
    );
  });
}

/** The bytes of the events. It asks the source for one event when the reader asks for bytes, and never ahead. */
function sseBody(events: AsyncIterable<SseEvent>, options: SseOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = events[Symbol.asyncIterator]();
  const heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
  let pending: Promise<IteratorResult<SseEvent>> | undefined;
  let isReleased = false;
  const release = () => {
    if (isReleased) return;
    isReleased = true;
    // Not awaited: a generator inside its own wait returns only after it, and the reader need not wait for that.
    Promise.resolve(iterator.return?.()).catch((error: unknown) =>
      logger.warn({ error, requestId: options.requestId }, "stream source failed while closing"),
    );
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          if (options.signal?.aborted !== true) pending ??= iterator.next();
          const next =
            pending === undefined ? "aborted" : await nextOrSilence(pending, heartbeatMs, options.signal);
          if (next === "silence") {
            controller.enqueue(encoder.encode(HEARTBEAT));
            return;
          }
          pending = undefined;
          if (next === "aborted" || next.done === true) {
            controller.close();
            release();
            return;
          }
          controller.enqueue(encoder.encode(formatSseEvent(next.value)));
        } catch (error) {
          release();
          controller.enqueue(encoder.encode(failureEvent(error, options.requestId)));
          controller.close();
        }
      },
      cancel: release,
    },
    { highWaterMark: 0 },
  );
}

/** The status has long been sent when a source fails, so the last event says what happened. */
function failureEvent(error: unknown, requestId: string = newId()): string {
  const known = httpError(error);
  if (known.status >= 500) logger.error({ error, requestId, code: known.code }, "event stream failed");
  return formatSseEvent({ event: "error", data: JSON.stringify(errorBody(known, requestId)) });
}

/**
 * Answers with server-sent events. Pull-based: a reader who stops reading stops the source, nothing piles up. When
 * the reader leaves, the source's `return` is called; a source that waits inside should watch the same signal. A
 * source that fails ends the stream with an `error` event holding the usual error body.
 */
export function sseResponse(events: AsyncIterable<SseEvent>, options: SseOptions = {}): Response {
  return new Response(sseBody(events, options), {
    headers: {
      ...securityHeaders(),
      ...options.headers,
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    },
  });
}

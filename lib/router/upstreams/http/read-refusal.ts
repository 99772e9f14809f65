import { ByteCollector } from "../../http/byte-collector.ts";
import type { UpstreamError } from "../upstream-error.ts";
import { type RetryHeaders, refusedByUpstream } from "../upstream-refusal.ts";
import type { AnswerHeaders } from "./answer-head.ts";

const MAX_REFUSAL_BYTES = 1024 * 1024;

/** A refusal's page must not hold a call open. */
const REFUSAL_READ_MS = 5_000;

const retryHeaderNames = ["retry-after", "retry-after-ms", "x-ms-retry-after-ms"] as const;

/** The headers that say when to come back. */
function retryHeaders(headers: AnswerHeaders): RetryHeaders {
  const kept: Record<string, string> = {};
  for (const name of retryHeaderNames) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value;
  }
  const milliseconds = Number(kept["retry-after-ms"] ?? kept["x-ms-retry-after-ms"]);
  // Clients that know only the standard header still wait long enough.
  if (Number.isFinite(milliseconds)) kept["retry-after"] ??= String(Math.ceil(milliseconds / 1000));
  return kept;
}

/** Reads what an upstream said in place of an answer: up to 1 MiB, for at most five seconds. */
export class RefusalReader {
  #body = new ByteCollector();
  #isDone = false;
  #timer: NodeJS.Timeout;
  #finish: (body: string) => void;

  /** @param tell called once, unless it is stopped before. */
  constructor(
    upstream: string,
    status: number,
    headers: AnswerHeaders,
    tell: (refusal: UpstreamError) => void,
  ) {
    this.#finish = (body) => tell(refusedByUpstream(upstream, status, body, retryHeaders(headers)));
    this.#timer = setTimeout(() => this.end(), REFUSAL_READ_MS);
  }

  /** Takes bytes of the body, and copies them. */
  data(bytes: Buffer, start: number, end: number): void {
    this.#body.push(Buffer.from(bytes.subarray(start, end)));
    if (this.#body.size > MAX_REFUSAL_BYTES) this.end();
  }

  /** No more will come, or no more is wanted. */
  end(): void {
    if (this.#isDone) return;
    this.stop();
    this.#finish(this.#body.bytes().toString("utf8"));
  }

  stop(): void {
    this.#isDone = true;
    clearTimeout(this.#timer);
  }
}

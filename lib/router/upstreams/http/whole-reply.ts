import { ByteCollector } from "../../http/byte-collector.ts";
import { isJsonObject } from "../../http/read-json-body.ts";
import type { StopSignal } from "../../stop-signal.ts";
import type { UpstreamReply } from "../upstream.ts";
import { type UpstreamError, upstreamFault } from "../upstream-error.ts";
import type { AnswerHeaders } from "./answer-head.ts";
import type { Call, CallEvents } from "./call.ts";
import { RefusalReader } from "./read-refusal.ts";

/** Largest whole answer, bytes: a batch of 2,048 long embeddings fits. */
const MAX_REPLY_BYTES = 128 * 1024 * 1024;

/** Collects one whole JSON answer; fails when it is cut, too large, late, no JSON object, or no longer wanted. */
export class WholeReply implements CallEvents {
  readonly result: Promise<UpstreamReply>;
  #upstream: string;
  #resolve: (reply: UpstreamReply) => void;
  #reject: (error: UpstreamError) => void;
  #signal: StopSignal;
  #timer: NodeJS.Timeout;
  #call: Call | undefined;
  #headers: AnswerHeaders = {};
  #refusal: RefusalReader | undefined;
  #body = new ByteCollector();
  #onAbort = () => this.#stop(upstreamFault("cancelled", this.#upstream));

  /** @param totalMs longest wait for the whole answer. */
  constructor(upstream: string, totalMs: number, signal: StopSignal) {
    const { promise, resolve, reject } = Promise.withResolvers<UpstreamReply>();
    this.result = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#upstream = upstream;
    this.#signal = signal;
    this.#timer = setTimeout(() => this.#stop(upstreamFault("total_timeout", upstream)), totalMs);
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Tells which call carries the answer, before anything of it arrives. */
  attach(call: Call): void {
    this.#call = call;
    if (this.#signal.aborted) this.#onAbort();
  }

  answered(status: number, headers: AnswerHeaders): void {
    this.#headers = headers;
    if (status === 200) return;
    this.#refusal = new RefusalReader(this.#upstream, status, headers, (refusal) => this.#stop(refusal));
  }

  data(bytes: Buffer, start: number, end: number): void {
    if (this.#refusal !== undefined) {
      this.#refusal.data(bytes, start, end);
      return;
    }
    this.#body.push(Buffer.from(bytes.subarray(start, end)));
    if (this.#body.size <= MAX_REPLY_BYTES) return;
    const cause = new RangeError("the answer is too large");
    this.#stop(upstreamFault("connection_cut", this.#upstream, { cause }));
  }

  delivered(): void {}

  ended(): void {
    if (this.#refusal !== undefined) {
      this.#refusal.end();
      return;
    }
    this.#settle();
    const bytes = this.#body.bytes();
    let json: unknown;
    try {
      json = JSON.parse(bytes.toString("utf8"));
    } catch (cause) {
      this.#reject(upstreamFault("bad_reply", this.#upstream, { cause }));
      return;
    }
    if (isJsonObject(json)) this.#resolve({ bytes, json, headers: this.#headers });
    else this.#reject(upstreamFault("bad_reply", this.#upstream));
  }

  failed(error: UpstreamError): void {
    // The status alone still says what happened.
    if (this.#refusal !== undefined) this.#refusal.end();
    else this.#stop(error);
  }

  #stop(error: UpstreamError): void {
    this.#settle();
    this.#reject(error);
    this.#call?.destroy();
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#refusal?.stop();
    this.#signal.removeEventListener("abort", this.#onAbort);
  }
}

import { EventParser } from "../../stream/event-parser.ts";
import type { RunningStream, StreamReceiver } from "../upstream.ts";
import { type UpstreamError, upstreamFault } from "../upstream-error.ts";
import type { AnswerHeaders } from "./answer-head.ts";
import type { Call, CallEvents } from "./call.ts";
import { RefusalReader } from "./read-refusal.ts";

/** Hands the events of one answer to its receiver until the answer ends, fails or is let go. */
export class EventStream implements CallEvents, RunningStream {
  headers: AnswerHeaders | undefined;
  #upstream: string;
  #receiver: StreamReceiver;
  #parser = new EventParser();
  #call: Call | undefined;
  #refusal: RefusalReader | undefined;
  /**
   * Events of the bytes that arrived together: they go on together. Made anew when some arrive and let go in the same
   * turn: a list that waits for the next ones would be old by then, and keep them as well until it is collected.
   */
  #batch: string[] | undefined;
  #isOver = false;

  constructor(upstream: string, receiver: StreamReceiver) {
    this.#upstream = upstream;
    this.#receiver = receiver;
  }

  /** Tells which call carries the answer, before anything of it arrives. */
  attach(call: Call): void {
    this.#call = call;
  }

  pause(): void {
    this.#call?.pause();
  }

  resume(): void {
    this.#call?.resume();
  }

  finish(): void {
    this.#isOver = true;
    this.#call?.letGo();
  }

  destroy(): void {
    this.#isOver = true;
    this.#refusal?.stop();
    this.#call?.destroy();
  }

  answered(status: number, headers: AnswerHeaders): void {
    this.headers = headers;
    if (status === 200) return;
    this.#refusal = new RefusalReader(this.#upstream, status, headers, (refusal) => {
      this.#fail(refusal);
      this.#call?.destroy();
    });
  }

  data(bytes: Buffer, start: number, end: number): void {
    if (this.#refusal !== undefined) {
      this.#refusal.data(bytes, start, end);
      return;
    }
    try {
      this.#batch ??= [];
      this.#parser.push(bytes, start, end, this.#batch);
    } catch (cause) {
      this.#call?.destroy();
      this.#fail(upstreamFault("connection_cut", this.#upstream, { cause }));
    }
  }

  delivered(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#batch = undefined;
    if (batch.length > 0 && !this.#isOver) this.#receiver.events(batch);
  }

  ended(): void {
    if (this.#refusal !== undefined) {
      this.#refusal.end();
      return;
    }
    this.#batch = [...(this.#batch ?? []), ...this.#parser.end()];
    this.delivered();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.end();
  }

  failed(error: UpstreamError): void {
    // The status alone still says what happened.
    if (this.#refusal !== undefined) this.#refusal.end();
    else {
      // What came before the broken bytes was whole.
      this.delivered();
      this.#fail(error);
    }
  }

  #fail(error: UpstreamError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.fail(error);
  }
}

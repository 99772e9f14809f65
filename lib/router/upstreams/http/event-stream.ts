import type { IncomingHttpHeaders } from "node:http";
import { EventParser } from "../../stream/event-parser.ts";
import type { RunningStream, StreamReceiver } from "../upstream.ts";
import { type UpstreamError, upstreamFault } from "../upstream-error.ts";
import type { Call, CallEvents } from "./call.ts";
import { RefusalReader } from "./read-refusal.ts";

/** Hands the events of one answer to its receiver until the answer ends, fails or is let go. */
export class EventStream implements CallEvents, RunningStream {
  headers: IncomingHttpHeaders | undefined;
  #upstream: string;
  #receiver: StreamReceiver;
  #parser = new EventParser();
  #call: Call | undefined;
  #refusal: RefusalReader | undefined;
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

  answered(status: number, headers: IncomingHttpHeaders): void {
    this.headers = headers;
    if (status === 200) return;
    this.#refusal = new RefusalReader(this.#upstream, status, headers, (refusal) => {
      this.#fail(refusal);
      this.#call?.destroy();
    });
  }

  data(piece: Buffer): void {
    if (this.#refusal !== undefined) {
      this.#refusal.data(piece);
      return;
    }
    let batch: readonly string[];
    try {
      batch = this.#parser.push(piece);
    } catch (cause) {
      this.#call?.destroy();
      this.#fail(upstreamFault("connection_cut", this.#upstream, { cause }));
      return;
    }
    if (batch.length > 0 && !this.#isOver) this.#receiver.events(batch);
  }

  ended(): void {
    if (this.#refusal !== undefined) {
      this.#refusal.end();
      return;
    }
    const last = this.#parser.end();
    if (last.length > 0 && !this.#isOver) this.#receiver.events(last);
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.end();
  }

  failed(error: UpstreamError): void {
    // The status alone still says what happened.
    if (this.#refusal !== undefined) this.#refusal.end();
    else this.#fail(error);
  }

  #fail(error: UpstreamError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.fail(error);
  }
}

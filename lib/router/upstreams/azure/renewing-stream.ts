import type { IncomingHttpHeaders } from "node:http";
import type { RunningStream, StreamReceiver } from "../upstream.ts";
import type { UpstreamError } from "../upstream-error.ts";

/** A stream that is opened a second time when its token was refused; whoever reads it notices a longer wait only. */
export class RenewingStream implements RunningStream, StreamReceiver {
  readonly #receiver: StreamReceiver;
  readonly #open: (receiver: StreamReceiver) => RunningStream;
  readonly #mayOpenAgain: (error: UpstreamError) => boolean;
  #stream: RunningStream;
  #isSecond = false;
  #isPaused = false;
  #isOver = false;

  /** @param mayOpenAgain asked once at most, with the error of the first call. */
  constructor(
    receiver: StreamReceiver,
    open: (receiver: StreamReceiver) => RunningStream,
    mayOpenAgain: (error: UpstreamError) => boolean,
  ) {
    this.#receiver = receiver;
    this.#open = open;
    this.#mayOpenAgain = mayOpenAgain;
    this.#stream = open(this);
  }

  get headers(): IncomingHttpHeaders | undefined {
    return this.#stream.headers;
  }

  pause(): void {
    this.#isPaused = true;
    this.#stream.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#stream.resume();
  }

  finish(): void {
    this.#isOver = true;
    this.#stream.finish();
  }

  destroy(): void {
    this.#isOver = true;
    this.#stream.destroy();
  }

  events(batch: readonly string[]): void {
    this.#receiver.events(batch);
  }

  end(): void {
    this.#receiver.end();
  }

  fail(error: UpstreamError): void {
    if (this.#isOver) return;
    // A refusal comes in place of the first event: nothing was handed on yet.
    if (this.#isSecond || !this.#mayOpenAgain(error)) {
      this.#receiver.fail(error);
      return;
    }
    this.#isSecond = true;
    this.#stream = this.#open(this);
    if (this.#isPaused) this.#stream.pause();
  }
}

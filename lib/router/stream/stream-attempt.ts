import type { IncomingHttpHeaders } from "node:http";
import type { Timeouts } from "../config/router-config.ts";
import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";
import type { RunningStream, StreamReceiver, Upstream, UpstreamCall } from "../upstreams/upstream.ts";
import { type UpstreamError, upstreamFault } from "../upstreams/upstream-error.ts";
import { refusedInStream } from "../upstreams/upstream-refusal.ts";
import { unwatch, type Watched, watch } from "../watch-clock.ts";
import { ReadEvent } from "./answer-writer.ts";
import { PlainDeltas } from "./plain-deltas.ts";
import { nameReasoningTwice, type StreamReading } from "./read-chunk.ts";
import { StreamTally } from "./stream-tally.ts";

/** Start-up events kept back at most before an attempt counts as begun. */
const MAX_HELD_EVENTS = 64;
const MAX_HELD_CHARACTERS = 256 * 1024;

/** How an attempt ended. `failed`: nothing of it was shown; `interrupted`: some was, and it is not whole. */
export type AttemptOutcome = "complete" | "failed" | "interrupted" | "cancelled";

/** Result of one attempt to stream an answer. */
export interface AttemptResult {
  readonly outcome: AttemptOutcome;
  readonly error: UpstreamError | undefined;
  readonly tally: StreamTally;
  /** Milliseconds from the call to the first real output. */
  readonly firstTokenMs: number | undefined;
  readonly totalMs: number;
}

/** Where shown events go. */
export interface AttemptOutput {
  /** Real output begins: called once, before the first `write`. */
  open(): void;
  /** Events that arrived together. */
  write(events: readonly ReadEvent[]): void;
}

/** What an attempt needs to know. */
export interface AttemptOptions {
  readonly timeouts: Timeouts;
  readonly output: AttemptOutput;
  readonly expectedChoices: number;
  readonly readChunk: (chunk: JsonObject) => StreamReading;
  /** The first real output is here. */
  readonly onFirstToken: (afterMs: number) => void;
  readonly onDroppedEvent: () => void;
  /** It is over: called once, after what ended it has returned. */
  readonly onEnd: (result: AttemptResult) => void;
  /** Counts the seconds between pieces of output. */
  readonly gaps?: { observe(seconds: number): void } | undefined;
}

/**
 * One attempt to stream an answer from one upstream. Start-up events are kept back until the first real output, so
 * that a failure before it leaves nothing behind and the caller is free to answer with an error or ask elsewhere.
 */
export class StreamAttempt implements StreamReceiver, Watched {
  rosterPlace = -1;
  #options: AttemptOptions;
  #upstream: string;
  #stream: RunningStream;
  #tally: StreamTally;
  #startedAt = performance.now();
  #firstTokenMs: number | undefined;
  /** Of the events shown last; 0 before the first. */
  #lastOutputAt = 0;
  #plainDeltas: PlainDeltas;
  #held: ReadEvent[] = [];
  #heldCharacters = 0;
  #isShown = false;
  #isPaused = false;
  #isOver = false;
  /** Since when the first output is waited for. */
  #waitsSince = this.#startedAt;

  constructor(upstream: Upstream, call: UpstreamCall, options: AttemptOptions) {
    this.#options = options;
    this.#upstream = upstream.name;
    this.#tally = new StreamTally(options.expectedChoices);
    this.#plainDeltas = new PlainDeltas(options.readChunk);
    this.#stream = upstream.openStream(call, this);
    watch(this);
  }

  /** Headers of the upstream's answer, once its head is here. */
  get headers(): IncomingHttpHeaders {
    return this.#stream.headers ?? {};
  }

  /** The client's buffer is full: holds the upstream back and stops the clock between tokens. */
  pause(): void {
    this.#isPaused = true;
    this.#stream.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#isOver) return;
    // The time the client took is not the upstream's.
    if (this.#lastOutputAt > 0) this.#lastOutputAt = performance.now();
    else this.#waitsSince = performance.now();
    this.#stream.resume();
  }

  /** The client left: closes the upstream at once. */
  cancel(): void {
    this.#end("cancelled", upstreamFault("cancelled", this.#upstream));
  }

  /** Gives the attempt up although its upstream goes on; what it has shown stays. */
  abandon(fault: "diverged"): void {
    this.#fail(upstreamFault(fault, this.#upstream));
  }

  events(batch: readonly string[]): void {
    const shown: ReadEvent[] = [];
    for (const data of batch) {
      if (this.#isOver) return;
      if (data === "[DONE]") {
        this.#show(shown);
        this.#finishInOrder();
        return;
      }
      const plain = this.#plainDeltas.read(data);
      if (plain !== undefined) {
        this.#count(plain);
        shown.push(new ReadEvent(data, plain, undefined));
        continue;
      }
      const chunk = this.#parse(data);
      if (chunk === undefined) continue;
      const reading = this.#options.readChunk(chunk);
      if (reading.error !== undefined) {
        this.#show(shown);
        this.#fail(refusedInStream(this.#upstream, reading.error));
        return;
      }
      shown.push(this.#take(chunk, reading, data));
    }
    this.#show(shown);
  }

  end(): void {
    if (!this.#isOver) this.#finishInOrder();
  }

  fail(error: UpstreamError): void {
    if (this.#isOver) return;
    // Every choice had its finish reason: what is missing is the farewell, not the answer.
    if (this.#isShown && this.#tally.isWhole) this.#end("complete", undefined);
    else this.#fail(error);
  }

  look(nowMs: number): void {
    const { firstTokenMs, betweenTokensMs, totalMs } = this.#options.timeouts;
    if (nowMs - this.#startedAt >= totalMs) this.#expire("total_timeout");
    else if (this.#lastOutputAt > 0) {
      if (!this.#isPaused && nowMs - this.#lastOutputAt >= betweenTokensMs) this.#expire("idle_timeout");
    } else if (nowMs - this.#waitsSince >= firstTokenMs) this.#expire("first_token_timeout");
  }

  #parse(data: string): JsonObject | undefined {
    try {
      const parsed: unknown = JSON.parse(data);
      if (isJsonObject(parsed)) return parsed;
    } catch {
      // One broken line is no reason to lose an answer; it is counted below.
    }
    this.#tally.droppedEvents += 1;
    this.#options.onDroppedEvent();
    return undefined;
  }

  /** Counts an event and makes it ready to be shown. */
  #take(chunk: JsonObject, reading: StreamReading, data: string): ReadEvent {
    this.#count(reading);
    // A CR is white space to JSON and the end of a line to readers of events.
    const isRewritten = nameReasoningTwice(chunk, "delta") || data.includes("\n") || data.includes("\r");
    if (!isRewritten) this.#plainDeltas.learn(data, reading);
    return new ReadEvent(isRewritten ? JSON.stringify(chunk) : data, reading, chunk);
  }

  #count(reading: StreamReading): void {
    this.#tally.add(reading);
    if (reading.isOutput && this.#firstTokenMs === undefined) this.#beginOutput();
  }

  #beginOutput(): void {
    this.#firstTokenMs = performance.now() - this.#startedAt;
    this.#options.onFirstToken(this.#firstTokenMs);
  }

  #noteOutput(): void {
    const now = performance.now();
    if (this.#lastOutputAt > 0) this.#options.gaps?.observe((now - this.#lastOutputAt) / 1000);
    this.#lastOutputAt = now;
  }

  #show(events: readonly ReadEvent[]): void {
    if (this.#firstTokenMs !== undefined) this.#noteOutput();
    if (events.length === 0 || this.#isOver) return;
    if (this.#isShown) {
      this.#options.output.write(events);
      return;
    }
    this.#held.push(...events);
    for (const { raw } of events) this.#heldCharacters += raw.length;
    const isFull = this.#held.length > MAX_HELD_EVENTS || this.#heldCharacters > MAX_HELD_CHARACTERS;
    if (this.#firstTokenMs === undefined && !isFull) return;
    const held = this.#held;
    this.#held = [];
    this.#isShown = true;
    this.#options.output.open();
    // Another attempt may have been quicker: then this one is over.
    if (!this.#isOver) this.#options.output.write(held);
    // It may be older than what it holds, and would keep that until it is collected itself.
    held.length = 0;
  }

  #finishInOrder(): void {
    if (this.#tally.isWhole) this.#end("complete", undefined);
    else this.#fail(upstreamFault("incomplete", this.#upstream));
  }

  #expire(fault: "first_token_timeout" | "idle_timeout" | "total_timeout"): void {
    this.fail(upstreamFault(fault, this.#upstream));
  }

  #fail(error: UpstreamError): void {
    this.#end(this.#isShown ? "interrupted" : "failed", error);
  }

  #end(outcome: AttemptOutcome, error: UpstreamError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    unwatch(this);
    if (outcome === "complete") this.#stream.finish();
    else this.#stream.destroy();
    const totalMs = performance.now() - this.#startedAt;
    const result = { outcome, error, tally: this.#tally, firstTokenMs: this.#firstTokenMs, totalMs };
    // Never from inside the constructor, nor in the middle of what the caller does with its attempt.
    queueMicrotask(() => this.#options.onEnd(result));
  }
}

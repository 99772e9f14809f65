import type { ModelTarget, UpstreamConfig } from "./config/router-config.ts";
import { adaptEndpoint, type EndpointAdapter } from "./endpoints/adapt-endpoint.ts";
import { createStreamKeeper, type StreamKeeper } from "./extras/stream-keeper.ts";
import { routerClosing } from "./http/api-error.ts";
import type { JsonObject } from "./http/read-json-body.ts";
import {
  beginRoute,
  type ModelRequest,
  type RouterParts,
  routeHeaders,
  upstreamOf,
} from "./model-request.ts";
import { recordEndedAttempt } from "./record-ended-attempt.ts";
import type { RequestSummary } from "./request-summary.ts";
import { routerMetrics } from "./router-metrics.ts";
import type { RouteRun, RouteStep } from "./routing/route-run.ts";
import type { TargetCall } from "./routing/target-state.ts";
import { waitUnlessStopped } from "./stop-signal.ts";
import { AnswerWriter } from "./stream/answer-writer.ts";
import { ClientStream } from "./stream/client-stream.ts";
import { canContinueAt, continuationBody, mannerOf, mayContinue } from "./stream/continuation.ts";
import type { TokenUsage } from "./stream/read-chunk.ts";
import { type AttemptResult, StreamAttempt } from "./stream/stream-attempt.ts";
import { readingFor, traceAttempt } from "./trace-attempt.ts";
import type { AttemptTrace } from "./tracing/request-trace.ts";
import { readSpillover, spilloverHeader } from "./upstreams/azure/read-spillover.ts";
import { upstreamFault } from "./upstreams/upstream-error.ts";

/** One attempt and how it ended. */
interface Ended {
  readonly step: RouteStep;
  readonly result: AttemptResult;
  /** What it was billed. */
  readonly usage: TokenUsage;
  /** True when another attempt spoke first and this one was given up. */
  readonly isSuperseded: boolean;
}

/** What an attempt begins with. */
interface Beginning {
  readonly step: RouteStep;
  /** From 1. */
  readonly number: number;
  readonly adapter: EndpointAdapter;
  readonly body: JsonObject;
  readonly shown: Shown | undefined;
  readonly call: TargetCall;
  readonly trace: AttemptTrace | undefined;
}

/** What the client has of a broken answer. */
interface Shown {
  readonly text: string;
  readonly tokens: number;
}

/**
 * Streams an answer to the client. An error before the first real output rejects, so that it becomes an HTTP error;
 * after it another target continues the answer where that is possible, and otherwise the stream ends with an error
 * event and without its farewell.
 *
 * @returns rejects ApiError or UpstreamError when no attempt began.
 */
export function serveStream(asked: ModelRequest, parts: RouterParts): Promise<RequestSummary> {
  return new Promise((resolve, reject) => new StreamedAnswer(asked, parts, { resolve, reject }).begin());
}

/** Who waits for the end of an answer. */
interface Waiting {
  readonly resolve: (summary: RequestSummary) => void;
  readonly reject: (error: unknown) => void;
}

class StreamedAnswer {
  readonly #asked: ModelRequest;
  readonly #parts: RouterParts;
  readonly #waiting: Waiting;
  readonly #route: RouteRun;
  readonly #client: ClientStream;
  readonly #writer: AnswerWriter;
  /** Attempts under way: two while a hedged one races, one otherwise. */
  readonly #running: StreamAttempt[] = [];
  #superseded: Set<StreamAttempt> | undefined;
  /** Listens on behalf of the answer cache. */
  readonly #keeper: StreamKeeper | undefined;
  #hedgeTimer: NodeJS.Timeout | undefined;
  /** The one made last, with its upstream. */
  #adapter: { readonly adapter: EndpointAdapter; readonly upstream: UpstreamConfig } | undefined;
  #calls = 0;
  #shownTokens = 0;
  #isOver = false;

  constructor(asked: ModelRequest, parts: RouterParts, waiting: Waiting) {
    const { model, response } = asked;
    this.#asked = asked;
    this.#parts = parts;
    this.#waiting = waiting;
    this.#route = beginRoute(asked, parts);
    this.#client = new ClientStream(response, parts.config.clientStuckMs, {
      full: () => this.#each((attempt) => attempt.pause()),
      drained: () => this.#each((attempt) => attempt.resume()),
    });
    const adapter = this.#adapterFor(model.targets[0]);
    const isContinuable =
      model.continuation &&
      asked.request.headers["x-vouch-continuation"] !== "off" &&
      adapter.endpoint === "chat/completions" &&
      mayContinue(adapter.body);
    this.#writer = new AnswerWriter(this.#client, { keepsText: isContinuable });
    this.#keeper = createStreamKeeper(asked, parts);
  }

  begin(): void {
    this.#asked.signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#trying(() => this.#askNext(undefined));
  }

  readonly #onAbort = (): void => this.#each((attempt) => attempt.cancel());

  /** Does a part of the work; what it throws ends the whole of it. */
  #trying(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#leave();
      this.#waiting.reject(error);
    }
  }

  /** Nothing is left when one of two racing attempts threw. */
  #leave(): void {
    this.#isOver = true;
    clearTimeout(this.#hedgeTimer);
    this.#asked.signal.removeEventListener("abort", this.#onAbort);
    this.#each((attempt) => attempt.cancel());
  }

  /** Asks one place after another until one has shown something, or the client has left. */
  #askNext(last: Ended | undefined): void {
    const step = this.#route.next();
    if (step === undefined) throw this.#giveUp(last);
    // Without a wait no turn may pass between choice and call: requests that come together would all choose alike.
    if (step.waitMs === 0) this.#askAt(step, last, !this.#asked.signal.aborted);
    else {
      void waitUnlessStopped(step.waitMs, this.#asked.signal).then((isWanted) =>
        this.#trying(() => this.#askAt(step, last, isWanted)),
      );
    }
  }

  #askAt(step: RouteStep, last: Ended | undefined, isWanted: boolean): void {
    if (!isWanted && last !== undefined) {
      this.#conclude({ ...last, result: { ...last.result, outcome: "cancelled" } });
      return;
    }
    this.#race(step);
  }

  #giveUp(last: Ended | undefined): Error {
    if (last !== undefined)
      Object.assign(this.#asked.failureHeaders, routeHeaders(last.step.target, this.#calls));
    return this.#route.error;
  }

  /** Asks one place, and a second one when the first is slow and the model is hedged; the first to speak stays. */
  #race(step: RouteStep): void {
    const hedge = this.#parts.extras.hedgeFor(this.#asked.model);
    if (hedge !== undefined) {
      this.#hedgeTimer = setTimeout(
        () =>
          this.#trying(() => {
            const other = this.#client.isOpen ? undefined : this.#route.another();
            if (other !== undefined && hedge.take())
              this.#attempt({ ...other, decision: "hedge" }, undefined);
          }),
        hedge.begin(),
      );
    }
    this.#attempt(step, undefined);
  }

  /** An attempt is over; while another one races with it, that one may still speak. */
  #ended(ended: Ended): void {
    const { outcome } = ended.result;
    if (this.#isOver) return;
    if ((outcome === "failed" || ended.isSuperseded) && this.#running.length > 0) return;
    clearTimeout(this.#hedgeTimer);
    const isBroken = outcome === "interrupted" || (outcome === "failed" && this.#client.isOpen);
    if (outcome === "failed" && !this.#client.isOpen) this.#askNext(ended);
    else if (!isBroken || !this.#continueFrom(ended)) this.#conclude(ended);
  }

  /** Asks another place to go on with a broken answer; false when there is none or it cannot be continued. */
  #continueFrom({ step, result, usage }: Ended): boolean {
    if (!this.#writer.isContinuable || this.#asked.signal.aborted) return false;
    const next = this.#route.another((target) => canContinueAt(target) && target !== step.target);
    if (next === undefined) return false;
    this.#keeper?.giveUp();
    this.#shownTokens += result.tally.deltaTokens;
    this.#writer.beginContinuation(mannerOf(next.target), usage);
    const text = this.#writer.shownText ?? "";
    this.#attempt({ ...next, decision: "continuation" }, { text, tokens: this.#shownTokens });
    return true;
  }

  #attempt(step: RouteStep, shown: Shown | undefined): void {
    const { asked, number, adapter } = this.#open(step);
    const { target, state } = step;
    const body = shown === undefined ? adapter.body : continuationBody(adapter.body, shown, target);
    const call = state.begin();
    const trace = traceAttempt(asked, target, number);
    try {
      const attempt = this.#start({ step, number, adapter, body, shown, call, trace });
      this.#running.push(attempt);
      if (asked.signal.aborted) attempt.cancel();
    } catch (error) {
      // Nothing went out: the target is neither to blame nor to be kept waiting for this call.
      call.end(upstreamFault("cancelled", target.upstream.name));
      throw error;
    }
  }

  #close(attempt: StreamAttempt, begun: Beginning, result: AttemptResult): void {
    const { step, number, adapter, call, trace } = begun;
    const at = this.#running.indexOf(attempt);
    if (at !== -1) this.#running.splice(at, 1);
    const isSuperseded = this.#superseded?.has(attempt) === true;
    this.#tellHedge(result, isSuperseded);
    call.end(result.error);
    if (result.error !== undefined && result.outcome !== "cancelled") this.#route.failed(step, result.error);
    const { tally } = result;
    const usage = recordEndedAttempt(this.#asked, this.#parts, {
      step,
      attempt: number,
      adapter,
      outcome: result.outcome,
      error: result.error,
      reported: tally.usage,
      seenTokens: () => tally.deltaTokens,
      firstTokenMs: result.firstTokenMs,
      totalMs: result.totalMs,
      trace,
      spillover: readSpillover(attempt.headers),
    });
    this.#ended({ step, result, usage, isSuperseded });
  }

  #start(begun: Beginning): StreamAttempt {
    const { step, adapter, body, shown, call, trace } = begun;
    const { target } = step;
    const attempt: StreamAttempt = new StreamAttempt(
      upstreamOf(target, this.#parts),
      {
        endpoint: adapter.endpoint,
        body,
        requestId: this.#asked.requestId,
        upstreamModel: target.upstreamModel,
        headers: trace?.headers,
      },
      {
        timeouts: target.upstream.timeouts,
        expectedChoices: adapter.expectedChoices,
        readChunk: readingFor(trace, adapter.readChunk),
        onFirstToken: (afterMs) => {
          call.firstToken(afterMs);
          trace?.firstToken();
        },
        gaps: routerMetrics().gaps.cell({ model: this.#asked.model.name, upstream: target.upstream.name }),
        onEnd: (result) => this.#trying(() => this.#close(attempt, begun, result)),
        onDroppedEvent: () => {
          this.#keeper?.giveUp();
          routerMetrics().droppedEvents.inc({ upstream: target.upstream.name });
        },
        output: {
          open: () => this.#show(attempt, step, adapter, shown),
          write: (events) => {
            this.#keeper?.take(events);
            this.#writer.write(events);
            if (this.#writer.isDiverged) attempt.abandon("diverged");
          },
        },
      },
    );
    return attempt;
  }

  /** A call that lost its race, or ran out of time, counts with the time it had waited. */
  #tellHedge({ firstTokenMs, totalMs, error }: AttemptResult, isSuperseded: boolean): void {
    const hedge = this.#parts.extras.hedgeFor(this.#asked.model);
    const isSlow = isSuperseded || error?.fault === "first_token_timeout";
    const waitedMs = firstTokenMs ?? (isSlow ? totalMs : undefined);
    if (waitedMs !== undefined) hedge?.observe(waitedMs);
  }

  #adapterFor({ upstream }: ModelTarget): EndpointAdapter {
    if (this.#adapter?.upstream === upstream) return this.#adapter.adapter;
    const { endpoint, body, items } = this.#asked;
    const adapter = adaptEndpoint(endpoint, body, upstream, items);
    this.#adapter = { adapter, upstream };
    return adapter;
  }

  #open(step: RouteStep) {
    const asked = this.#asked;
    const adapter = this.#adapterFor(step.target);
    this.#route.began(step);
    this.#calls += 1;
    asked.onDispatch();
    return { asked, adapter, number: this.#calls };
  }

  /** An attempt has its first real output: the others are over, and the head goes out. */
  #show(attempt: StreamAttempt, step: RouteStep, adapter: EndpointAdapter, shown: Shown | undefined): void {
    for (const other of [...this.#running]) {
      if (other === attempt) continue;
      this.#superseded ??= new Set();
      this.#superseded.add(other);
      other.cancel();
    }
    if (shown !== undefined) {
      const { name } = step.target.upstream;
      this.#writer.note(
        `vouch-resumed attempts=${this.#calls} upstream=${name} resumed_at=${shown.text.length}`,
      );
      return;
    }
    const headers = {
      "x-request-id": this.#asked.requestId,
      "x-vouch-overhead-ms": this.#asked.overheadMs().toFixed(2),
      ...this.#asked.answerHeaders,
      ...routeHeaders(step.target, this.#calls),
      ...spilloverHeader(readSpillover(attempt.headers)),
    };
    const isChunked = adapter.endpoint !== "responses";
    this.#writer.open(headers, adapter.createEncoder(), { withUsage: adapter.withUsage, isChunked });
  }

  #conclude({ step, result, usage }: Ended): void {
    this.#leave();
    if (result.outcome === "complete") {
      this.#keeper?.store();
      this.#writer.done(usage);
    } else if (result.outcome === "cancelled" && this.#asked.response.destroyed) {
      // The client left: nobody is there to be told.
    } else if (this.#client.isOpen) this.#writer.interrupted();
    else throw routerClosing();
    this.#waiting.resolve({
      target: step.target,
      attempts: this.#calls,
      outcome: result.outcome === "failed" ? "interrupted" : result.outcome,
      firstTokenMs: result.firstTokenMs,
      error: result.error,
    });
  }

  #each(deed: (attempt: StreamAttempt) => void): void {
    for (const attempt of [...this.#running]) deed(attempt);
  }
}

import { setTimeout as sleep } from "node:timers/promises";
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
import { recordStreamAttempt } from "./record-stream-attempt.ts";
import type { RequestSummary } from "./request-summary.ts";
import { routerMetrics } from "./router-metrics.ts";
import type { RouteRun, RouteStep } from "./routing/route-run.ts";
import type { TargetCall } from "./routing/target-state.ts";
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
 * Streams an answer to the client. An error before the first real output is thrown, so that it becomes an HTTP error;
 * after it another target continues the answer where that is possible, and otherwise the stream ends with an error
 * event and without its farewell.
 *
 * @throws ApiError or UpstreamError when no attempt began.
 */
export function serveStream(asked: ModelRequest, parts: RouterParts): Promise<RequestSummary> {
  return new StreamedAnswer(asked, parts).run();
}

class StreamedAnswer {
  readonly #asked: ModelRequest;
  readonly #parts: RouterParts;
  readonly #route: RouteRun;
  readonly #client: ClientStream;
  readonly #writer: AnswerWriter;
  /** Attempts under way: two while a hedged one races, one otherwise. */
  readonly #running = new Set<StreamAttempt>();
  readonly #superseded = new WeakSet<StreamAttempt>();
  /** Listens on behalf of the answer cache. */
  readonly #keeper: StreamKeeper | undefined;
  #calls = 0;
  #shownTokens = 0;

  constructor(asked: ModelRequest, parts: RouterParts) {
    const { model, body, response } = asked;
    this.#asked = asked;
    this.#parts = parts;
    this.#route = beginRoute(asked, parts);
    this.#client = new ClientStream(response, parts.config.clientStuckMs, {
      full: () => this.#each((attempt) => attempt.pause()),
      drained: () => this.#each((attempt) => attempt.resume()),
    });
    const adapter = adaptEndpoint(asked.endpoint, body, model.targets[0].upstream, asked.items);
    const isContinuable =
      model.continuation &&
      asked.request.headers["x-vouch-continuation"] !== "off" &&
      adapter.endpoint === "chat/completions" &&
      mayContinue(adapter.body);
    this.#writer = new AnswerWriter(this.#client, { keepsText: isContinuable });
    this.#keeper = createStreamKeeper(asked, parts);
  }

  async run(): Promise<RequestSummary> {
    const { signal } = this.#asked;
    const onAbort = () => this.#each((attempt) => attempt.cancel());
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      let ended = await this.#begin();
      while (ended.result.outcome === "interrupted" || ended.result.outcome === "failed") {
        const next = this.#continueFrom(ended);
        if (next === undefined) break;
        ended = await next;
      }
      return this.#finish(ended);
    } finally {
      signal.removeEventListener("abort", onAbort);
      // Nothing is left when one of two racing attempts threw.
      this.#each((attempt) => attempt.cancel());
    }
  }

  /** Asks one place after another until one has shown something, or the client has left. */
  async #begin(): Promise<Ended> {
    for (let last: Ended | undefined; ; ) {
      const step = this.#route.next();
      if (step === undefined) throw this.#giveUp(last);
      // Without a wait no turn may pass between choice and call: requests that come together would all choose alike.
      const isWanted = step.waitMs > 0 ? await this.#waited(step.waitMs) : !this.#asked.signal.aborted;
      if (!isWanted && last !== undefined) {
        return { ...last, result: { ...last.result, outcome: "cancelled" } };
      }
      last = await this.#race(step);
      if (last.result.outcome !== "failed") return last;
    }
  }

  #giveUp(last: Ended | undefined): Error {
    if (last !== undefined)
      Object.assign(this.#asked.failureHeaders, routeHeaders(last.step.target, this.#calls));
    return this.#route.error;
  }

  async #waited(waitMs: number): Promise<boolean> {
    try {
      await sleep(waitMs, undefined, { signal: this.#asked.signal });
      return true;
    } catch {
      // The client left while it waited.
      return false;
    }
  }

  /** Asks one place, and a second one when the first is slow and the model is hedged; the first to speak stays. */
  #race(step: RouteStep): Promise<Ended> {
    const hedge = this.#parts.extras.hedgeFor(this.#asked.model);
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      let open = 0;
      const launch = (to: RouteStep) => {
        open += 1;
        this.#attempt(to, undefined).then((ended) => {
          open -= 1;
          const isOut = ended.result.outcome === "failed" || ended.isSuperseded;
          if (isOut && open > 0) return;
          clearTimeout(timer);
          resolve(ended);
        }, reject);
      };
      if (hedge !== undefined) {
        timer = setTimeout(() => {
          const other = this.#client.isOpen ? undefined : this.#route.another();
          if (other !== undefined && hedge.take()) launch({ ...other, decision: "hedge" });
        }, hedge.begin());
      }
      launch(step);
    });
  }

  /** Asks another place to go on with a broken answer; undefined when there is none or it cannot be continued. */
  #continueFrom({ step, result, usage }: Ended): Promise<Ended> | undefined {
    if (!this.#writer.isContinuable || this.#asked.signal.aborted) return undefined;
    const next = this.#route.another((target) => canContinueAt(target) && target !== step.target);
    if (next === undefined) return undefined;
    this.#keeper?.giveUp();
    this.#shownTokens += result.tally.deltaTokens;
    this.#writer.beginContinuation(mannerOf(next.target), usage);
    const text = this.#writer.shownText ?? "";
    return this.#attempt({ ...next, decision: "continuation" }, { text, tokens: this.#shownTokens });
  }

  async #attempt(step: RouteStep, shown: Shown | undefined): Promise<Ended> {
    const { asked, number, adapter } = this.#open(step);
    const { target, state } = step;
    const body = shown === undefined ? adapter.body : continuationBody(adapter.body, shown, target);
    const call = state.begin();
    const trace = traceAttempt(asked, target, number);
    let attempt: StreamAttempt;
    try {
      attempt = this.#start({ step, adapter, body, shown, call, trace });
    } catch (error) {
      // Nothing went out: the target is neither to blame nor to be kept waiting for this call.
      call.end(upstreamFault("cancelled", target.upstream.name));
      throw error;
    }
    this.#running.add(attempt);
    if (asked.signal.aborted) attempt.cancel();
    const result = await attempt.result;
    this.#running.delete(attempt);
    this.#tellHedge(result, this.#superseded.has(attempt));
    call.end(result.error);
    if (result.error !== undefined && result.outcome !== "cancelled") this.#route.failed(step, result.error);
    const spillover = readSpillover(attempt.headers);
    const ended = { step, attempt: number, result, adapter, trace, spillover };
    const usage = recordStreamAttempt(asked, this.#parts, ended);
    return { step, result, usage, isSuperseded: this.#superseded.has(attempt) };
  }

  #start({ step, adapter, body, shown, call, trace }: Beginning): StreamAttempt {
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

  #open(step: RouteStep) {
    const asked = this.#asked;
    const adapter = adaptEndpoint(asked.endpoint, asked.body, step.target.upstream, asked.items);
    this.#route.began(step);
    this.#calls += 1;
    asked.onDispatch();
    return { asked, adapter, number: this.#calls };
  }

  /** An attempt has its first real output: the others are over, and the head goes out. */
  #show(attempt: StreamAttempt, step: RouteStep, adapter: EndpointAdapter, shown: Shown | undefined): void {
    for (const other of this.#running) {
      if (other === attempt) continue;
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

  #finish({ step, result, usage }: Ended): RequestSummary {
    if (result.outcome === "complete") {
      this.#keeper?.store();
      this.#writer.done(usage);
    } else if (result.outcome === "cancelled" && this.#asked.response.destroyed) {
      // The client left: nobody is there to be told.
    } else if (this.#client.isOpen) this.#writer.interrupted();
    else throw routerClosing();
    return {
      target: step.target,
      attempts: this.#calls,
      outcome: result.outcome === "failed" ? "interrupted" : result.outcome,
      firstTokenMs: result.firstTokenMs,
      error: result.error,
    };
  }

  #each(deed: (attempt: StreamAttempt) => void): void {
    for (const attempt of [...this.#running]) deed(attempt);
  }
}

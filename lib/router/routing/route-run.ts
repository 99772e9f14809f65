import type { ModelConfig, ModelTarget, RetryConfig } from "../config/router-config.ts";
import { ApiError } from "../http/api-error.ts";
import type { UpstreamError } from "../upstreams/upstream-error.ts";
import { type Candidate, chooseCandidate } from "./choose-target.ts";
import type { ConversationAffinity } from "./conversation-affinity.ts";
import { type FailureVerdict, judgeFailure } from "./judge-failure.ts";
import type { TargetBook, TargetState, UpstreamLoad } from "./target-state.ts";

/** What a route needs of its router. */
export interface RouteParts {
  readonly book: TargetBook;
  readonly affinity: ConversationAffinity;
  readonly retries: RetryConfig;
  readonly loadOf: (target: ModelTarget) => UpstreamLoad | undefined;
  /** False while a target's server is known to be down. */
  readonly isWell: (target: ModelTarget) => boolean;
  readonly findModel: (name: string) => ModelConfig | undefined;
  readonly random: () => number;
}

/** Where the next call goes, and after which wait. */
export interface RouteStep {
  readonly target: ModelTarget;
  readonly state: TargetState;
  /** The model the target serves: the one asked for, or a fallback. */
  readonly model: ModelConfig;
  readonly waitMs: number;
  /** Why this place: the policy of its model, `fallback` or `retry`. */
  readonly decision: string;
}

/** Waits are lengthened by up to this share, so that clients that failed together do not come back together. */
const JITTER_SHARE = 0.2;
const MAX_JITTER_MS = 150;

/**
 * The way of one request through its targets: first the targets of its model, each once; then those of the fallback
 * models; then again those that may answer another time, after a wait that they asked for or that doubles.
 */
export class RouteRun {
  readonly #model: ModelConfig;
  readonly #parts: RouteParts;
  readonly #prefixes: readonly string[];
  /** Of the targets that failed, the last one last. Made when they are needed: most requests ask one place, once. */
  #verdicts: Map<string, FailureVerdict> | undefined;
  /** How often each target was asked. */
  #asked: Map<string, number> | undefined;
  #calls = 0;
  #lastError: UpstreamError | undefined;
  #isContentFiltered = false;

  /** @param prefixes of the conversation, for models whose policy is `affinity`. */
  constructor(model: ModelConfig, parts: RouteParts, prefixes: readonly string[]) {
    this.#model = model;
    this.#parts = parts;
    this.#prefixes = prefixes;
  }

  /** Calls made so far. */
  get calls(): number {
    return this.#calls;
  }

  /** The next place to ask; undefined when there is none left that could answer in time. */
  next(): RouteStep | undefined {
    if (this.#calls > this.#parts.retries.max) return undefined;
    if (this.#isContentFiltered) {
      const name = this.#model.contentFilterFallback;
      const model = name === undefined ? undefined : this.#parts.findModel(name);
      return model === undefined ? undefined : this.#untried(model);
    }
    if (this.#verdicts !== undefined && [...this.#verdicts.values()].at(-1)?.mayAskOther === false)
      return undefined;
    return this.#untried(this.#model) ?? this.#untriedFallback() ?? this.#again();
  }

  /** Another place that was not asked yet and may be asked now; for a hedged or continued call. */
  another(suits: (target: ModelTarget) => boolean = () => true): RouteStep | undefined {
    return this.#untried(this.#model, suits) ?? this.#untriedFallback(suits);
  }

  /** A call goes out to this place. */
  began(step: RouteStep): void {
    this.#calls += 1;
    this.#asked ??= new Map();
    this.#asked.set(step.state.key, (this.#asked.get(step.state.key) ?? 0) + 1);
    if (step.model.policy === "affinity") this.#parts.affinity.remember(this.#prefixes, step.state.key);
  }

  failed(step: RouteStep, error: UpstreamError): void {
    const verdict = judgeFailure(error, Date.now());
    this.#verdicts ??= new Map();
    this.#verdicts.delete(step.state.key);
    this.#verdicts.set(step.state.key, verdict);
    this.#lastError = error;
    this.#isContentFiltered ||= verdict.isContentFilter;
  }

  /** What the client is told when there is no next place. */
  get error(): ApiError | UpstreamError {
    if (this.#lastError !== undefined) return this.#lastError;
    const states = this.#model.targets.map((target) => this.#parts.book.of(target));
    const waitMs = Math.ceil(Math.min(...states.map((state) => state.waitMs())));
    const isRate = states.some((state) => state.isRateLimited);
    const headers = { "retry-after": String(Math.ceil(waitMs / 1000)), "retry-after-ms": String(waitMs) };
    return new ApiError(
      isRate ? 429 : 503,
      {
        message: `Every upstream of the model \`${this.#model.name}\` rests for the moment. Try again in ${Math.ceil(waitMs / 1000)} s.`,
        type: isRate ? "rate_limit_error" : "server_error",
        code: isRate ? "rate_limit_exceeded" : "upstream_unavailable",
      },
      { headers },
    );
  }

  #untriedFallback(suits?: (target: ModelTarget) => boolean): RouteStep | undefined {
    for (const name of this.#model.fallbacks) {
      const model = this.#parts.findModel(name);
      const step = model === undefined ? undefined : this.#untried(model, suits);
      if (step !== undefined) return step;
    }
    return undefined;
  }

  #untried(model: ModelConfig, suits?: (target: ModelTarget) => boolean): RouteStep | undefined {
    const candidates: Candidate[] = [];
    for (const target of model.targets) {
      const state = this.#parts.book.of(target);
      if (this.#asked?.has(state.key) === true || state.waitMs() > 0 || suits?.(target) === false) continue;
      candidates.push({ target, state, load: this.#parts.loadOf(target) });
    }
    if (candidates.length === 0) return undefined;
    const well = candidates.filter(({ target }) => this.#parts.isWell(target));
    // When all are said to be down, one is asked all the same: the word of a probe is not the last one.
    const { target, state } = chooseCandidate(well.length === 0 ? candidates : well, {
      policy: model.policy,
      preferredKey: model.policy === "affinity" ? this.#parts.affinity.find(this.#prefixes) : undefined,
      random: this.#parts.random,
    });
    const decision = model === this.#model ? model.policy : "fallback";
    return { target, state, model, waitMs: 0, decision };
  }

  /** The place that can be asked again soonest; a request that was asked nowhere yet does not wait. */
  #again(): RouteStep | undefined {
    if (this.#calls === 0) return undefined;
    let soonest: RouteStep | undefined;
    for (const target of this.#model.targets) {
      const state = this.#parts.book.of(target);
      const verdict = this.#verdicts?.get(state.key);
      if (verdict !== undefined && !verdict.mayAskAgain) continue;
      const waitMs = this.#waitFor(state, verdict);
      if (waitMs <= this.#parts.retries.maxWaitMs && waitMs < (soonest?.waitMs ?? Number.POSITIVE_INFINITY))
        soonest = { target, state, model: this.#model, waitMs, decision: "retry" };
    }
    return soonest;
  }

  #waitFor(state: TargetState, verdict: FailureVerdict | undefined): number {
    const asked = this.#asked?.get(state.key) ?? 0;
    const namedMs = Math.max(state.waitMs(), 0);
    const backoffMs = asked === 0 ? 0 : this.#parts.retries.baseMs * 2 ** (asked - 1);
    // An unsent request that met a closed connection needs no patience.
    if (this.#lastError?.isUnsent === true && asked === 1 && namedMs === 0) return 0;
    const waitMs = verdict?.waitMs === undefined ? Math.max(namedMs, backoffMs) : namedMs;
    return waitMs + this.#parts.random() * Math.min(waitMs * JITTER_SHARE, MAX_JITTER_MS);
  }
}

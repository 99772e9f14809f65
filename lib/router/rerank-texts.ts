import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { routerConfig } from "./config/load-config.ts";
import type { ModelConfig, RouterConfig } from "./config/router-config.ts";
import { ownUpstreams } from "./embed-texts.ts";
import { readRerankUsage } from "./endpoints/adapt-endpoint.ts";
import { isJsonObject, type JsonObject } from "./http/read-json-body.ts";
import { toOwnCallError } from "./own-call-retries.ts";
import type { Upstream } from "./upstreams/upstream.ts";
import { UpstreamError, upstreamFault } from "./upstreams/upstream-error.ts";
import { estimatePromptTokens } from "./usage/estimate-prompt.ts";
import { ownCallUsage } from "./usage/own-call-usage.ts";
import { recordAttempt, type UsageOwner } from "./usage/record-attempt.ts";
import { type UsageRecorder, usageRecorder } from "./usage/usage-recorder.ts";

/** How texts are reranked. */
export interface RerankOptions {
  /** A configured reranking model; the first that is not built in by default. */
  readonly model?: string | undefined;
  /** Who pays: without it nothing is recorded. */
  readonly principal?: UsageOwner | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The outside of {@link rerankTexts}. */
export interface RerankDeps {
  readonly config: RouterConfig;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly usage: UsageRecorder;
  /** Longest wait for the model, 5 s by default. */
  readonly timeoutMs?: number;
}

/** Scores of texts, and who gave them. */
export interface RerankedTexts {
  /** One per text, in order; higher is better, of no fixed range. */
  readonly scores: number[];
  readonly model: string;
}

/** A person waits for the search: slower answers are given up, never tried again. */
const TIMEOUT_MS = 5_000;

function findModel(config: RouterConfig, name?: string): ModelConfig | undefined {
  const models = name === undefined ? [...config.models.values()] : [config.models.get(name)];
  return models.find(
    (model) =>
      model?.kind === "rerank" && (name !== undefined || model.targets[0].upstream.kind !== "builtin"),
  );
}

/** The configured reranking model of another program; null when there is none. */
export function rerankingModel(config: RouterConfig = routerConfig()): string | null {
  return findModel(config)?.name ?? null;
}

function defaultDeps(): RerankDeps {
  const config = routerConfig();
  return { config, upstreams: ownUpstreams(config), usage: usageRecorder() };
}

/** Scores by position of the text; undefined unless there is exactly one for each and none for anything else. */
function readScores(answer: JsonObject, count: number): number[] | undefined {
  if (!Array.isArray(answer.results) || answer.results.length !== count) return undefined;
  const scores = new Map<number, number>();
  for (const item of answer.results) {
    if (!isJsonObject(item)) return undefined;
    const { index, relevance_score: score } = item;
    if (typeof index !== "number" || typeof score !== "number" || !Number.isFinite(score)) return undefined;
    scores.set(index, score);
  }
  const ordered = Array.from({ length: count }, (_, index) => scores.get(index));
  const complete = ordered.filter((score) => score !== undefined);
  return complete.length === count ? complete : undefined;
}

/**
 * Asks the configured reranking model how well each text answers a question: one call of at most 5 s. No texts, no call.
 *
 * @throws AppError `model_unknown`, `model_failed`, `model_timeout` or `rate_limited`; the signal's reason when it ends
 *   the work.
 */
export async function rerankTexts(
  query: string,
  texts: readonly string[],
  options: RerankOptions = {},
  deps: RerankDeps = defaultDeps(),
): Promise<RerankedTexts> {
  const model = findModel(deps.config, options.model);
  if (model === undefined) {
    throw new AppError("model_unknown", { message: `There is no reranking model "${options.model ?? ""}".` });
  }
  if (texts.length === 0) return { scores: [], model: model.name };
  options.signal?.throwIfAborted();
  const body: JsonObject = { query, documents: [...texts], top_n: texts.length };
  const attempt = { model, body, requestId: newId(), startedAt: performance.now() };
  const timeout = AbortSignal.timeout(deps.timeoutMs ?? TIMEOUT_MS);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  try {
    const reply = await request(attempt, signal, deps);
    const scores = readScores(reply, texts.length);
    if (scores === undefined) throw upstreamFault("bad_reply", model.targets[0].upstream.name);
    record(attempt, { outcome: "complete", error: undefined, reply }, options.principal, deps);
    return { scores, model: model.name };
  } catch (thrown) {
    const error = toUpstreamError(thrown, model, timeout);
    const isCancelled = options.signal?.aborted === true;
    const outcome = isCancelled ? "cancelled" : "failed";
    record(attempt, { outcome, error, reply: {} }, options.principal, deps);
    options.signal?.throwIfAborted();
    throw toOwnCallError(error, "The reranking model is overloaded.");
  }
}

interface Attempt {
  readonly model: ModelConfig;
  readonly body: JsonObject;
  readonly requestId: string;
  readonly startedAt: number;
}

async function request(
  { model, body, requestId }: Attempt,
  signal: AbortSignal,
  deps: RerankDeps,
): Promise<JsonObject> {
  const [{ upstream, upstreamModel }] = model.targets;
  const asked = deps.upstreams.get(upstream.name);
  if (asked === undefined) throw new Error(`no upstream ${upstream.name}`);
  return (await asked.request({ endpoint: "rerank", upstreamModel, body, requestId }, signal)).json;
}

/** Our own limit ends a call in the same way as a caller that leaves; here the two are told apart. */
function toUpstreamError(error: unknown, model: ModelConfig, timeout: AbortSignal): UpstreamError {
  const [{ upstream }] = model.targets;
  if (!(error instanceof UpstreamError)) return upstreamFault("bad_reply", upstream.name, { cause: error });
  if (error.fault !== "cancelled" || !timeout.aborted) return error;
  return upstreamFault("total_timeout", upstream.name, { cause: error, isUnsent: error.isUnsent });
}

function record(
  { model, body, requestId, startedAt }: Attempt,
  ended: {
    readonly outcome: "complete" | "failed" | "cancelled";
    readonly error: UpstreamError | undefined;
    readonly reply: JsonObject;
  },
  owner: UsageOwner | undefined,
  deps: RerankDeps,
): void {
  if (owner === undefined) return;
  const { outcome, error, reply } = ended;
  recordAttempt(
    {
      owner,
      requestId,
      attempt: 1,
      endpoint: "rerank",
      model,
      target: model.targets[0],
      decision: model.policy,
      outcome,
      error,
      ...usageOf(body, error, reply),
      firstTokenMs: undefined,
      totalMs: performance.now() - startedAt,
    },
    deps.usage,
  );
}

function usageOf(body: JsonObject, error: UpstreamError | undefined, reply: JsonObject) {
  return ownCallUsage(error, readRerankUsage(reply), () => ({
    promptTokens: estimatePromptTokens({ input: [body.query, body.documents] }),
  }));
}

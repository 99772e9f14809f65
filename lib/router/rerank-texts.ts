import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { routerConfig } from "./config/load-config.ts";
import type { ModelConfig, RouterConfig } from "./config/router-config.ts";
import { ownUpstreams } from "./embed-texts.ts";
import { isJsonObject, type JsonObject } from "./http/read-json-body.ts";
import { toOwnCallError } from "./own-call-retries.ts";
import { readUsage } from "./stream/read-chunk.ts";
import type { Upstream } from "./upstreams/upstream.ts";
import { UpstreamError, upstreamFault } from "./upstreams/upstream-error.ts";
import { estimatePromptTokens } from "./usage/estimate-prompt.ts";
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

/** Scores by position of the text; undefined unless there is exactly one for each. */
function readScores(answer: JsonObject, count: number): number[] | undefined {
  if (!Array.isArray(answer.results)) return undefined;
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
 * Asks the configured reranking model how well each text answers a question: one call of at most 5 s.
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
  const [target] = model.targets;
  const upstream = deps.upstreams.get(target.upstream.name);
  if (upstream === undefined) throw new Error(`no upstream ${target.upstream.name}`);
  const body: JsonObject = { query, documents: [...texts], top_n: texts.length };
  const requestId = newId();
  const startedAt = performance.now();
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  let failure: UpstreamError | undefined;
  let reply: JsonObject = {};
  try {
    const call = { endpoint: "rerank", upstreamModel: target.upstreamModel, body, requestId } as const;
    reply = (await upstream.request(call, signal)).json;
    const scores = readScores(reply, texts.length);
    if (scores === undefined) throw upstreamFault("bad_reply", target.upstream.name);
    return { scores, model: model.name };
  } catch (error) {
    options.signal?.throwIfAborted();
    failure =
      error instanceof UpstreamError ? error : upstreamFault("bad_reply", upstream.name, { cause: error });
    throw toOwnCallError(failure, "The reranking model is overloaded.");
  } finally {
    if (options.principal !== undefined) {
      recordAttempt(
        {
          owner: options.principal,
          requestId,
          attempt: 1,
          endpoint: "rerank",
          model,
          target,
          decision: model.policy,
          outcome: failure === undefined ? "complete" : "failed",
          error: failure,
          ...usageOf(body, failure, reply),
          firstTokenMs: undefined,
          totalMs: performance.now() - startedAt,
        },
        deps.usage,
      );
    }
  }
}

function usageOf(body: JsonObject, error: UpstreamError | undefined, reply: JsonObject) {
  const none = { promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
  if (error !== undefined && (error.isUnsent || error.fault === "refused"))
    return { usage: none, isEstimated: false };
  const reported = readUsage(reply.usage);
  return {
    usage: reported ?? {
      ...none,
      promptTokens: estimatePromptTokens({ input: [body.query, body.documents] }),
    },
    isEstimated: reported === undefined,
  };
}

import { setTimeout as sleep } from "node:timers/promises";
import { environment } from "../platform/env.ts";
import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { routerConfig } from "./config/load-config.ts";
import type { ModelConfig, RouterConfig } from "./config/router-config.ts";
import type { JsonObject } from "./http/read-json-body.ts";
import { ownRetryWaitMs, toOwnCallError } from "./own-call-retries.ts";
import { readEmbeddings } from "./read-embeddings.ts";
import { readUsage } from "./stream/read-chunk.ts";
import { embedTexts as embedBuiltin } from "./upstreams/builtin/index.ts";
import { createUpstreams, type UpstreamSet } from "./upstreams/create-upstreams.ts";
import type { Upstream, UpstreamCall } from "./upstreams/upstream.ts";
import { UpstreamError, upstreamFault } from "./upstreams/upstream-error.ts";
import { estimatePromptTokens } from "./usage/estimate-prompt.ts";
import { ownCallUsage } from "./usage/own-call-usage.ts";
import { recordAttempt, type UsageOwner } from "./usage/record-attempt.ts";
import { type UsageRecorder, usageRecorder } from "./usage/usage-recorder.ts";

/** Vectors and the space they live in; vectors of different spaces must never be compared. */
export interface EmbeddedTexts {
  readonly vectors: Float32Array[];
  /** `upstream/model`, for example `builtin/vouch-embed-1`. */
  readonly space: string;
  readonly dimensions: number;
}

/** How texts are embedded. */
export interface EmbedOptions {
  /** A configured embedding model; the one marked `embedding: true` by default. */
  readonly model?: string | undefined;
  /** What the texts are; models that were trained so are told. Documents by default. */
  readonly purpose?: "query" | "document";
  /** Who pays: without it nothing is recorded. */
  readonly principal?: UsageOwner | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The outside of {@link embedTexts}. */
export interface EmbedDeps {
  readonly config: RouterConfig;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly usage: UsageRecorder;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

const BATCH_SIZE = 64;
/** About 50,000 tokens, whatever the writing: far below what providers take in one request. */
const BATCH_CHARACTERS = 150_000;
/** A refused text shorter than this was not refused for its length. */
const SHORT_CHARACTERS = 800;
/** Statuses of a request that is wrong in itself: one text of it may be. */
const REFUSED = new Set([400, 413, 422]);
const BATCH_TIMEOUT_MS = 30_000;

/** Name of the vector space of a configured embedding model; the default one without a name. */
export function embeddingSpace(model?: string, config: RouterConfig = routerConfig()): string {
  return spaceOf(findEmbeddingModel(model, config));
}

/** Name of the configured embedding model that makes vectors of a space; undefined when there is none (any more). */
export function embeddingModelOf(space: string, config: RouterConfig = routerConfig()): string | undefined {
  const models = [config.embeddingModel, ...config.models.values()];
  return models.find((model) => model.kind === "embedding" && spaceOf(model) === space)?.name;
}

function spaceOf(model: ModelConfig): string {
  const [{ upstream, upstreamModel }] = model.targets;
  return `${upstream.name}/${upstreamModel}`;
}

function findEmbeddingModel(name: string | undefined, config: RouterConfig): ModelConfig {
  const model = name === undefined ? config.embeddingModel : config.models.get(name);
  if (model?.kind === "embedding") return model;
  throw new AppError("model_unknown", { message: `There is no embedding model "${name}".` });
}

// One set of connections per process, shared with the copy of this module that Next bundles.
const holder = globalThis as typeof globalThis & {
  vouchEmbedUpstreams?: { readonly config: RouterConfig; readonly set: UpstreamSet };
};

/** The upstreams that this process calls without a request of a client: for vectors and for reranking. */
export function ownUpstreams(config: RouterConfig): ReadonlyMap<string, Upstream> {
  let open = holder.vouchEmbedUpstreams;
  if (open?.config !== config) {
    const options = { paceMs: environment().VOUCH_BUILTIN_PACE_MS, isWatched: false };
    // Calls under way keep the set they began with; its idle connections close by themselves.
    open = { config, set: createUpstreams(config, options, open?.set) };
    holder.vouchEmbedUpstreams = open;
  }
  return open.set.upstreams;
}

function defaultDeps(): EmbedDeps {
  const config = routerConfig();
  return {
    config,
    upstreams: ownUpstreams(config),
    usage: usageRecorder(),
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  };
}

/** Texts in order, in requests that are neither too many nor too long. */
function* batchesOf(texts: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = [];
  let characters = 0;
  for (const text of texts) {
    const isFull = batch.length === BATCH_SIZE || characters + text.length > BATCH_CHARACTERS;
    if (isFull && batch.length > 0) {
      yield batch;
      [batch, characters] = [[], 0];
    }
    batch.push(text);
    characters += text.length;
  }
  if (batch.length > 0) yield batch;
}

/**
 * Embeds texts with the configured model: the built-in one in this process, others by their upstream in batches of
 * 64 at most, each with 30 s and two more tries that honour Retry-After. A batch that is refused is halved, so that one
 * text the model cannot take does not stand in the way of the others; one that is too long is embedded by its beginning.
 *
 * @returns one vector per text, in order.
 * @throws AppError `model_unknown`, `model_failed`, `model_timeout` or `rate_limited`; the signal's reason when it ends
 *   the work.
 */
export async function embedTexts(
  texts: readonly string[],
  options: EmbedOptions = {},
  deps: EmbedDeps = defaultDeps(),
): Promise<EmbeddedTexts> {
  const model = findEmbeddingModel(options.model, deps.config);
  const signal = options.signal ?? new AbortController().signal;
  const vectors: Float32Array[] = [];
  for (const batch of batchesOf(texts)) {
    signal.throwIfAborted();
    const [{ upstream }] = model.targets;
    vectors.push(
      ...(upstream.kind === "builtin"
        ? await embedHere(batch)
        : await embedParts(batch, {
            model,
            signal,
            deps,
            owner: options.principal,
            purpose: options.purpose,
          })),
    );
  }
  return { vectors, space: spaceOf(model), dimensions: vectors[0]?.length ?? 0 };
}

async function embedHere(batch: readonly string[]): Promise<Float32Array[]> {
  const vectors = embedBuiltin(batch);
  // Thousands of texts must not keep the process from its other work.
  await new Promise((resolve) => setImmediate(resolve));
  return [...vectors];
}

interface RemoteBatch {
  readonly model: ModelConfig;
  readonly signal: AbortSignal;
  readonly deps: EmbedDeps;
  readonly owner: UsageOwner | undefined;
  readonly purpose: "query" | "document" | undefined;
}

async function embedParts(batch: readonly string[], work: RemoteBatch): Promise<Float32Array[]> {
  try {
    return await embedThere(batch, work);
  } catch (error) {
    const { cause } = error instanceof AppError ? error : {};
    if (!(cause instanceof UpstreamError) || !REFUSED.has(cause.answer.status)) throw error;
    const [first = ""] = batch;
    if (batch.length === 1 && first.length <= SHORT_CHARACTERS) throw error;
    if (batch.length === 1) return embedParts([first.slice(0, first.length / 2).toWellFormed()], work);
    const middle = Math.ceil(batch.length / 2);
    return [
      ...(await embedParts(batch.slice(0, middle), work)),
      ...(await embedParts(batch.slice(middle), work)),
    ];
  }
}

async function embedThere(batch: readonly string[], work: RemoteBatch): Promise<Float32Array[]> {
  const requestId = newId();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await embedOnce(batch, work, requestId, attempt);
    } catch (error) {
      work.signal.throwIfAborted();
      if (!(error instanceof UpstreamError)) throw error;
      const waitMs = ownRetryWaitMs(error, attempt);
      if (waitMs === undefined) throw toOwnCallError(error, "The embedding model is overloaded.");
      await work.deps.sleep(waitMs, work.signal);
    }
  }
}

async function embedOnce(
  batch: readonly string[],
  { model, signal, deps, owner, purpose }: RemoteBatch,
  requestId: string,
  attempt: number,
): Promise<Float32Array[]> {
  const [target] = model.targets;
  const upstream = deps.upstreams.get(target.upstream.name);
  if (upstream === undefined) throw new Error(`no upstream ${target.upstream.name}`);
  const body: JsonObject = { input: batch, encoding_format: "float" };
  // Other servers refuse fields they do not know.
  if (target.upstream.kind === "onnx" && purpose !== undefined) body.input_type = purpose;
  const call: UpstreamCall = { endpoint: "embeddings", upstreamModel: target.upstreamModel, body, requestId };
  const startedAt = performance.now();
  const record = (error: UpstreamError | undefined, reply: JsonObject) =>
    owner !== undefined &&
    recordAttempt(
      {
        owner,
        requestId,
        attempt,
        endpoint: "embeddings",
        model,
        target,
        decision: model.policy,
        outcome: error === undefined ? "complete" : "failed",
        error,
        ...usageOf(body, error, reply),
        firstTokenMs: undefined,
        totalMs: performance.now() - startedAt,
      },
      deps.usage,
    );
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(BATCH_TIMEOUT_MS)]);
    const reply = await upstream.request(call, limited);
    const vectors = readEmbeddings(reply.json, batch.length);
    if (vectors === undefined) throw upstreamFault("bad_reply", target.upstream.name);
    record(undefined, reply.json);
    return vectors;
  } catch (error) {
    const failure =
      error instanceof UpstreamError ? error : upstreamFault("bad_reply", upstream.name, { cause: error });
    record(failure, {});
    throw failure;
  }
}

function usageOf(body: JsonObject, error: UpstreamError | undefined, reply: JsonObject) {
  return ownCallUsage(error, readUsage(reply.usage), () => ({ promptTokens: estimatePromptTokens(body) }));
}

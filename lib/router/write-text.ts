import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { routerConfig } from "./config/load-config.ts";
import type { ModelConfig, ModelTarget, RouterConfig } from "./config/router-config.ts";
import { ownUpstreams } from "./embed-texts.ts";
import { ApiError } from "./http/api-error.ts";
import { isJsonObject, type JsonObject } from "./http/read-json-body.ts";
import { createLimiter } from "./limits/create-limiter.ts";
import type { Limiter } from "./limits/limiter.ts";
import { MAX_OWN_TRIES, ownRetryWaitMs, toOwnCallError } from "./own-call-retries.ts";
import { RequestCost } from "./request-cost.ts";
import { reserveLimits } from "./reserve-limits.ts";
import { estimateTokensByLength, readUsage } from "./stream/read-chunk.ts";
import type { Upstream } from "./upstreams/upstream.ts";
import { UpstreamError, upstreamFault } from "./upstreams/upstream-error.ts";
import { estimatePromptTokens } from "./usage/estimate-prompt.ts";
import { ownCallUsage } from "./usage/own-call-usage.ts";
import { recordAttempt, type UsageOwner } from "./usage/record-attempt.ts";
import { type UsageRecorder, usageRecorder } from "./usage/usage-recorder.ts";

/** What a chat model is asked to write. */
export interface WritingPrompt {
  /** The system message. */
  readonly instructions: string;
  /** The user message. */
  readonly input: string;
}

/** How a text is written. */
export interface WriteOptions {
  /** Who pays, and whose limits hold. */
  readonly principal: UsageOwner;
  readonly maxOutputTokens: number;
  /** A configured chat model; {@link writingModel} by default. */
  readonly model?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The outside of {@link writeText}. */
export interface WriteDeps {
  readonly config: RouterConfig;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly usage: UsageRecorder;
  readonly limiter: Pick<Limiter, "reserve">;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** Nobody reads along, and slow models on one's own machine take their time for a long prompt. */
const TIMEOUT_MS = 60_000;
/** Statuses of a request that is wrong in itself: another one may be answered. */
const REFUSED: ReadonlySet<number> = new Set([400, 413, 422]);

/**
 * Name of the chat model that writes for this program itself: the default one, or the first other one where the
 * default is built in and only quotes; null where none can write.
 */
export function writingModel(config: RouterConfig = routerConfig()): string | null {
  const models = [config.defaultChatModel, ...config.models.values()];
  return (
    models.find(({ kind, targets }) => kind === "chat" && targets[0].upstream.kind !== "builtin")?.name ??
    null
  );
}

// One count against the limits per process, shared with the copy of this module that Next bundles.
const holder = globalThis as typeof globalThis & { vouchOwnLimiter?: Limiter };

function defaultDeps(): WriteDeps {
  const config = routerConfig();
  holder.vouchOwnLimiter ??= createLimiter();
  return {
    config,
    upstreams: ownUpstreams(config),
    usage: usageRecorder(),
    limiter: holder.vouchOwnLimiter,
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  };
}

/** Before a process ends: says what {@link writeText} spent of limits, and gives back what it held of them. */
export async function endWriting(): Promise<void> {
  const { vouchOwnLimiter } = holder;
  delete holder.vouchOwnLimiter;
  await vouchOwnLimiter?.close();
}

function findModel(config: RouterConfig, name: string | undefined): ModelConfig {
  const wanted = name ?? writingModel(config);
  const model = wanted === null ? undefined : config.models.get(wanted);
  if (model?.kind === "chat") return model;
  throw new AppError("model_unknown", { message: `There is no chat model "${wanted ?? ""}".` });
}

/** Places in the order of the file; those of weight 0 are for when the others fail. */
function targetsOf({ targets }: ModelConfig): readonly ModelTarget[] {
  return targets.toSorted((left, right) => Number(left.weight === 0) - Number(right.weight === 0));
}

interface Writing {
  readonly model: ModelConfig;
  readonly body: JsonObject;
  readonly requestId: string;
  readonly owner: UsageOwner;
  readonly signal: AbortSignal;
  readonly cost: RequestCost;
  readonly deps: WriteDeps;
}

/**
 * Lets a chat model write a text for this program, in one piece: within the limits of whoever pays, each try a row of
 * usage, three tries of 60 s at most, the model's places in turn, waits as Retry-After says.
 *
 * @returns what the model wrote, which may be cut at the bound.
 * @throws AppError `model_refused` for a request that no repetition makes acceptable, `model_unknown`, `model_failed`,
 *   `model_timeout`, `rate_limited`; `budget_spent` when a limit of the payer stands in the way; the signal's reason
 *   when it ends the work.
 */
export async function writeText(
  prompt: WritingPrompt,
  options: WriteOptions,
  deps: WriteDeps = defaultDeps(),
): Promise<string> {
  const model = findModel(deps.config, options.model);
  const writing: Writing = {
    model,
    body: {
      messages: [
        { role: "system", content: prompt.instructions },
        { role: "user", content: prompt.input },
      ],
      temperature: 0,
      max_tokens: options.maxOutputTokens,
    },
    requestId: newId(),
    owner: options.principal,
    signal: options.signal ?? new AbortController().signal,
    cost: new RequestCost(),
    deps,
  };
  const reservation = await reserve(writing);
  try {
    return await writeSomewhere(writing);
  } finally {
    reservation.settle(writing.cost);
  }
}

/** Takes the request's share of the payer's limits; waits when it is free again soon. */
async function reserve({ model, body, owner, signal, deps }: Writing) {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await reserveLimits({ caller: owner, endpoint: "chat/completions", body, model }, deps);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const waitMs = ownRetryWaitMs(error, attempt);
      if (waitMs === undefined) {
        const code = error.status >= 500 ? "unavailable" : "budget_spent";
        throw new AppError(code, { cause: error, message: error.message });
      }
      await deps.sleep(waitMs, signal);
    }
  }
}

async function writeSomewhere(writing: Writing): Promise<string> {
  const { signal, deps, model } = writing;
  const targets = targetsOf(model);
  for (let attempt = 1; ; attempt += 1) {
    const target = targets[(attempt - 1) % targets.length] as ModelTarget;
    signal.throwIfAborted();
    try {
      return await writeOnce(writing, target, attempt);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UpstreamError)) throw error;
      if (REFUSED.has(error.answer.status)) throw new AppError("model_refused", { cause: error });
      const waitMs = ownRetryWaitMs(error, attempt);
      const hasOther = attempt < targets.length && attempt < MAX_OWN_TRIES;
      if (waitMs === undefined && !hasOther) throw toOwnCallError(error, "The chat model is overloaded.");
      // Another place need not be waited for.
      if (!hasOther) await deps.sleep(waitMs ?? 0, signal);
    }
  }
}

async function writeOnce(writing: Writing, target: ModelTarget, attempt: number): Promise<string> {
  const { model, body, requestId, owner, signal, cost, deps } = writing;
  const upstream = deps.upstreams.get(target.upstream.name);
  if (upstream === undefined) throw new Error(`no upstream ${target.upstream.name}`);
  const startedAt = performance.now();
  let failure: UpstreamError | undefined;
  let reply: JsonObject = {};
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const { upstreamModel } = target;
    const call = { endpoint: "chat/completions", upstreamModel, body, requestId } as const;
    reply = (await upstream.request(call, limited)).json;
    const text = readText(reply);
    if (text === undefined) throw upstreamFault("bad_reply", target.upstream.name);
    return text;
  } catch (error) {
    failure =
      error instanceof UpstreamError ? error : upstreamFault("bad_reply", upstream.name, { cause: error });
    throw failure;
  } finally {
    const used = usageOf(body, failure, reply);
    const costMicros = recordAttempt(
      {
        owner,
        requestId,
        attempt,
        endpoint: "chat/completions",
        model,
        target,
        decision: attempt === 1 ? model.policy : "retry",
        outcome: failure === undefined ? "complete" : signal.aborted ? "cancelled" : "failed",
        error: failure,
        ...used,
        firstTokenMs: undefined,
        totalMs: performance.now() - startedAt,
      },
      deps.usage,
    );
    cost.add(used.usage, costMicros);
  }
}

/** Text of the first choice; empty when a filter took it away, undefined when there is no answer. */
function readText({ choices }: JsonObject): string | undefined {
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (!isJsonObject(first) || !isJsonObject(first.message)) return undefined;
  const { content } = first.message;
  return typeof content === "string" ? content : "";
}

function usageOf(body: JsonObject, error: UpstreamError | undefined, reply: JsonObject) {
  return ownCallUsage(error, readUsage(reply.usage), () => ({
    promptTokens: estimatePromptTokens(body),
    completionTokens: estimateTokensByLength(readText(reply)?.length ?? 0),
  }));
}

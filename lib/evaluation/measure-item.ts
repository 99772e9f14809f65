import type { Principal } from "../identity/schema.ts";
import { logger } from "../platform/log.ts";
import { type AppError, toAppError } from "../shared/errors.ts";
import type { AnswerDeps, AnswerRecord } from "./answer-deps.ts";
import type { MeasuredItem } from "./queries/run-items.ts";
import { relateSources } from "./relate-sources.ts";
import type { DatasetItem, ItemTrace, RunConfiguration } from "./schema.ts";
import { scoreItem } from "./score-item.ts";

/** One question may take so long, retries apart. */
const ITEM_TIMEOUT_MS = 120_000;

/** Waits before the second and the third try of a question whose error may pass. */
const RETRY_WAITS_MS = [1000, 5000] as const;

/** What measuring an item needs from outside. */
export interface MeasureDeps extends AnswerDeps {
  /** Resolves after the wait, or rejects when the signal aborts. */
  delay(ms: number, signal: AbortSignal): Promise<unknown>;
  nowMs(): number;
}

/** An item as measured, and what answered it. */
export interface Measurement {
  readonly item: MeasuredItem;
  /** Undefined when the item ended with an error. */
  readonly measured?: { readonly model: string; readonly embedder: string };
}

async function withRetries<Result>(
  deps: MeasureDeps,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const waitMs = RETRY_WAITS_MS[attempt];
      if (signal.aborted || waitMs === undefined || !toAppError(error).isRetryable) throw error;
      await deps.delay(waitMs, signal);
    }
  }
}

function ask(
  principal: Principal,
  question: string,
  configuration: RunConfiguration,
  deps: MeasureDeps,
  signal: AbortSignal,
): Promise<AnswerRecord> {
  const { collectionIds, ...settings } = configuration;
  return deps.answerQuestion(
    principal,
    { question, collectionIds, configuration: settings },
    { signal: AbortSignal.any([signal, AbortSignal.timeout(ITEM_TIMEOUT_MS)]) },
  );
}

function traceOf(item: DatasetItem): ItemTrace {
  const { answer, answerable, tags, expectedSources } = item;
  return { item: { answer, answerable, tags, expectedSources }, outcome: null };
}

/**
 * Asks one question as the run is configured and scores the answer. An error of the question is a result of the
 * measurement and is returned as one; only an abort by the caller's signal throws.
 */
export async function measureItem(
  principal: Principal,
  item: DatasetItem & { readonly ordinal: number },
  configuration: RunConfiguration,
  deps: MeasureDeps,
  signal: AbortSignal,
): Promise<Measurement> {
  const startMs = deps.nowMs();
  const base = { externalId: item.id, ordinal: item.ordinal, question: item.question };
  try {
    const answer = await withRetries(deps, signal, () =>
      ask(principal, item.question, configuration, deps, signal),
    );
    const related = await withRetries(deps, signal, () =>
      relateSources(principal, item.expectedSources, answer, deps),
    );
    const { check, usage, retrieval, timingsMs } = answer;
    const outcome: ItemTrace["outcome"] = {
      searchedQuestion: retrieval.searchedQuestion,
      search: retrieval.trace,
      ...related,
      check,
      usage,
      timingsMs,
    };
    return {
      item: {
        ...base,
        answer: answer.text,
        trace: { ...traceOf(item), outcome },
        errorCode: null,
        latencyMs: timingsMs.total,
        scores: scoreItem(item, answer, related),
      },
      measured: { model: usage.model, embedder: retrieval.trace.vectorSpace },
    };
  } catch (error) {
    signal.throwIfAborted();
    const code = itemErrorCode(error);
    logger.warn({ code, itemId: item.id, error }, "evaluation item failed");
    const latencyMs = deps.nowMs() - startMs;
    return { item: { ...base, answer: "", trace: traceOf(item), errorCode: code, latencyMs, scores: {} } };
  }
}

function itemErrorCode(error: unknown): AppError["code"] {
  // AbortSignal.timeout rejects with this name; the signal of the run has been looked at before.
  if (error instanceof Error && error.name === "TimeoutError") return "model_timeout";
  return toAppError(error).code;
}

import type { Principal } from "../identity/schema.ts";
import { withTenant } from "../platform/db/index.ts";
import { logger } from "../platform/log.ts";
import { ERROR_TABLE, type ErrorCode } from "../shared/error-table.ts";
import { toAppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { type AnswerDeps, type AnswerOutcome, DEFAULT_PASSAGES, emptyOutcome } from "./answer-contract.ts";
import { answerDeps } from "./answer-deps.ts";
import type { PromptMessage } from "./build-prompt.ts";
import type { ChatModel } from "./choose-model.ts";
import { generationChunk, partsFromChunks } from "./message-parts.ts";
import { produceAnswer } from "./produce-answer.ts";
import { endGeneration, insertEvents, updateGeneration } from "./queries/generations.ts";
import { insertCitations, updateMessageParts } from "./queries/messages.ts";
import type { PastTurn } from "./rewrite-question.ts";
import type { RunningAnswers } from "./running-answers.ts";
import type { GenerationState } from "./schema.ts";

/** An answer to write: everything is stored already but the answer. */
export interface AnswerJob {
  readonly principal: Principal;
  readonly generationId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly userMessageId: string;
  readonly question: string;
  /** What to search in its place. */
  readonly searchedQuestion?: string | undefined;
  readonly history: readonly PromptMessage[];
  readonly turns: readonly PastTurn[];
  readonly collectionIds: readonly string[];
  readonly model: ChatModel;
}

/** Reason of an abort by the person; any other abort is an interruption. */
export const STOPPED_BY_PERSON = "stopped";

interface End {
  readonly state: GenerationState;
  readonly errorCode: ErrorCode | null;
  /** The sentence for the reader, where the error brought one; the table's otherwise. */
  readonly errorMessage?: string;
  /** When another try makes sense. */
  readonly retryAt?: string;
}

/** Starts writing an answer in the background and registers it with this process. */
export function runAnswer(job: AnswerJob, running: RunningAnswers, deps: AnswerDeps = answerDeps()): void {
  const abort = new AbortController();
  running.hub.ownRun(job.generationId);
  running.log.open({ orgId: job.principal.orgId, generationId: job.generationId });
  const done = writeAnswer(job, running, deps, abort.signal)
    .catch((error: unknown) => {
      // Only the store can fail here; the reaper will find the silent run and keep what was shown.
      logger.error({ error, generationId: job.generationId }, "answer could not be stored");
    })
    .finally(() => {
      running.runs.delete(job.generationId);
      running.hub.disownRun(job.generationId);
    });
  running.runs.set(job.generationId, { abort, done });
}

async function writeAnswer(
  job: AnswerJob,
  running: RunningAnswers,
  deps: AnswerDeps,
  signal: AbortSignal,
): Promise<void> {
  const shown: unknown[] = [];
  const outcome = emptyOutcome();
  const requestId = newId();
  const show = (chunk: unknown, isUrgent = false) => {
    shown.push(chunk);
    running.log.append(job.generationId, chunk, isUrgent);
  };
  let marking = Promise.resolve();
  let end: End;
  try {
    show({ type: "start", messageId: job.messageId });
    show(stateChunk(job, { state: "streaming", errorCode: null }), true);
    let hasText = false;
    let hasThoughts = false;
    for await (const chunk of produceAnswer(job.principal, toInput(job, requestId), outcome, deps, signal)) {
      const isFirstText: boolean = chunk.type === "text-delta" && !hasText;
      const isFirstThought: boolean = chunk.type === "reasoning-delta" && !hasThoughts;
      hasText ||= isFirstText;
      hasThoughts ||= isFirstThought;
      show(chunk, isFirstText || isFirstThought);
      if (chunk.type === "data-retrieval") {
        // Beside the model's call: nobody's first text waits for it.
        marking = markStreaming(job, outcome, requestId);
        marking.catch(() => {});
      }
    }
    await marking;
    end = { state: "complete", errorCode: null };
  } catch (error) {
    end = endOf(error, signal, outcome);
    if (end.state === "failed" || end.errorCode !== null) {
      logger.warn({ error, generationId: job.generationId, state: end.state }, "answer ended early");
    }
  }
  // Settled before the end is stored: it writes to runs that still run and would lose what was retrieved.
  await Promise.allSettled([marking]);
  await storeEnd(job, running, { end, outcome, shown });
}

/** The state others see: sources are found, the model is asked. */
function markStreaming(job: AnswerJob, outcome: AnswerOutcome, routerRequestId: string): Promise<void> {
  return withTenant(job.principal, (transaction) =>
    updateGeneration(transaction, job.principal, job.generationId, {
      state: "streaming",
      retrieval: outcome.retrieval,
      routerRequestId,
    }),
  );
}

function toInput(job: AnswerJob, requestId: string) {
  return {
    question: job.question,
    searchedQuestion: job.searchedQuestion,
    turns: job.turns,
    history: job.history,
    collectionIds: job.collectionIds,
    configuration: { model: job.model.id, mode: "hybrid" as const, passages: DEFAULT_PASSAGES, rerank: true },
    isBuiltin: job.model.isBuiltin,
    requestId,
  };
}

/** What an error means for the run: a stop is an end, a shutdown or a cut is an interruption, the rest is failure. */
function endOf(error: unknown, signal: AbortSignal, outcome: AnswerOutcome): End {
  if (signal.aborted) {
    return signal.reason === STOPPED_BY_PERSON
      ? { state: "stopped", errorCode: null }
      : { state: "interrupted", errorCode: "stream_interrupted" };
  }
  const { code, message, retryAfterSeconds } = toAppError(error);
  // A provider's filter may end an answer in its middle: what it says then is more than that it broke off.
  if (code === "content_filtered" && outcome.text !== "") return { state: "interrupted", errorCode: code };
  if (code === "stream_interrupted" || outcome.text !== "")
    return { state: "interrupted", errorCode: "stream_interrupted" };
  return { state: "failed", errorCode: code, errorMessage: message, ...retryAt(retryAfterSeconds) };
}

function retryAt(seconds: number | undefined): Pick<End, "retryAt"> {
  return seconds === undefined ? {} : { retryAt: new Date(Date.now() + seconds * 1000).toISOString() };
}

function stateChunk(job: AnswerJob, end: End) {
  return generationChunk({
    generationId: job.generationId,
    conversationId: job.conversationId,
    messageId: job.messageId,
    userMessageId: job.userMessageId,
    state: end.state,
    errorCode: end.errorCode,
    errorMessage: end.errorMessage ?? (end.errorCode === null ? null : ERROR_TABLE[end.errorCode].message),
    ...(end.retryAt === undefined ? {} : { retryAt: end.retryAt }),
  });
}

/**
 * Stores the end in one transaction: last event, message, citations, state. Only then do readers see the end. The
 * chunks shown since the last flush are stored first, so the message never holds more than the log.
 */
async function storeEnd(
  job: AnswerJob,
  running: RunningAnswers,
  result: { end: End; outcome: AnswerOutcome; shown: unknown[] },
): Promise<void> {
  const { end, outcome, shown } = result;
  const sequence = await running.log.close(job.generationId);
  const last = [stateChunk(job, end), { type: "finish" }];
  const event = { orgId: job.principal.orgId, generationId: job.generationId, sequence, chunks: last };
  const parts = partsFromChunks([...shown, ...last]);
  const timings = {
    retrievalMs: outcome.timingsMs.retrieval,
    totalMs: outcome.timingsMs.total,
    ...(outcome.timingsMs.firstText === null ? {} : { firstTextMs: outcome.timingsMs.firstText }),
  };
  const isEnded = await withTenant(job.principal, async (transaction) => {
    const isOurs = await endGeneration(transaction, job.principal, job.generationId, {
      state: end.state,
      errorCode: end.errorCode,
      timings,
      usage: outcome.usage,
    });
    // Somebody ended it (a reaper that thought us dead): its record stands, ours would double it.
    if (!isOurs) return false;
    await insertEvents(transaction, [event]);
    await updateMessageParts(transaction, job.principal, job.messageId, parts);
    await insertCitations(transaction, job.principal, job.messageId, outcome.citations);
    return true;
  });
  if (isEnded) running.hub.publish([event]);
}

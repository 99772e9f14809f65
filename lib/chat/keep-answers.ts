import { withSystem } from "../platform/db/index.ts";
import { logger } from "../platform/log.ts";
import { ERROR_TABLE } from "../shared/error-table.ts";
import { generationChunk, partsFromChunks } from "./message-parts.ts";
import {
  beatGenerations,
  endGeneration,
  type GenerationRow,
  insertEvents,
  listEvents,
  lockSilentGenerations,
} from "./queries/generations.ts";
import { findParentId, insertCitations, updateMessageParts } from "./queries/messages.ts";
import { STOPPED_BY_PERSON } from "./run-answer.ts";
import { type RunningAnswers, runningAnswers } from "./running-answers.ts";
import type { CitationData } from "./schema.ts";

const BEAT_MS = 1_000;
const REAP_MS = 5_000;

/** A run whose process gave no sign of life for so long is dead; fifteen missed beats rule out a slow moment. */
const SILENT_SECONDS = 15;

/** How long a shutdown waits for answers before it interrupts them. */
export const DRAIN_MS = 20_000;

type Transaction = Parameters<Parameters<typeof withSystem>[0]>[0];

/** Signs of life for this process's runs, in one statement; stops those that were asked to stop elsewhere. */
export async function beat(running: RunningAnswers = runningAnswers()): Promise<void> {
  const ids = [...running.runs.keys()];
  if (ids.length === 0) return;
  for (const row of await withSystem((transaction) => beatGenerations(transaction, ids))) {
    if (row.stopRequestedAt !== null) running.runs.get(row.id)?.abort.abort(STOPPED_BY_PERSON);
  }
}

/**
 * Ends runs whose process is gone: what was shown becomes the message, the state `interrupted`.
 *
 * @returns how many were ended.
 */
export async function reapAnswers(silentSeconds: number = SILENT_SECONDS): Promise<number> {
  const ended = await withSystem(async (transaction) => {
    const silent = await lockSilentGenerations(transaction, silentSeconds, 50);
    const events = [];
    for (const row of silent) events.push(await interrupt(transaction, row));
    return events;
  });
  if (ended.length > 0) {
    runningAnswers().hub.publish(ended);
    logger.warn({ count: ended.length }, "silent answers interrupted");
  }
  return ended.length;
}

async function interrupt(transaction: Transaction, row: GenerationRow) {
  const scope = { orgId: row.orgId };
  const events = await listEvents(transaction, scope, row.id, 0);
  const shown = events.flatMap((event) => event.chunks);
  const state = generationChunk({
    generationId: row.id,
    conversationId: row.conversationId,
    messageId: row.messageId,
    userMessageId: (await findParentId(transaction, scope, row.messageId)) ?? row.messageId,
    state: "interrupted",
    errorCode: "stream_interrupted",
    errorMessage: ERROR_TABLE.stream_interrupted.message,
  });
  const last = [state, { type: "finish" }];
  const event = {
    orgId: row.orgId,
    generationId: row.id,
    sequence: (events.at(-1)?.sequence ?? 0) + 1,
    chunks: last,
  };
  const parts = partsFromChunks([...shown, ...last]);
  const citations = parts
    .filter((part) => part.type === "data-citation")
    .map((part) => part.data as CitationData);
  await endGeneration(transaction, scope, row.id, {
    state: "interrupted",
    errorCode: "stream_interrupted",
    timings: {},
    usage: null,
  });
  await insertEvents(transaction, [event]);
  await updateMessageParts(transaction, scope, row.messageId, parts);
  await insertCitations(transaction, scope, row.messageId, citations);
  return event;
}

/** Starts the clocks of this process: signs of life and the reaper. Returns the function that stops them. */
export function keepAnswers(): () => void {
  const guarded = (work: () => Promise<unknown>, event: string) => () => {
    void work().catch((error: unknown) => logger.warn({ error }, event));
  };
  const beating = setInterval(guarded(beat, "heartbeat failed"), BEAT_MS);
  const reaping = setInterval(
    guarded(() => reapAnswers(), "reaping failed"),
    REAP_MS,
  );
  beating.unref();
  reaping.unref();
  return () => {
    clearInterval(beating);
    clearInterval(reaping);
  };
}

/** Refuses new answers, lets running ones finish until the deadline and interrupts the rest; all ends are stored. */
export async function drainAnswers(
  deadlineMs: number = DRAIN_MS,
  running: RunningAnswers = runningAnswers(),
): Promise<void> {
  running.isDraining = true;
  const all = Promise.all(Array.from(running.runs.values(), (run) => run.done));
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs);
  });
  await Promise.race([all, deadline]);
  clearTimeout(timer);
  for (const run of running.runs.values()) run.abort.abort("shutdown");
  await Promise.all(Array.from(running.runs.values(), (run) => run.done));
}

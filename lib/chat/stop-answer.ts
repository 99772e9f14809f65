import type { Principal } from "../identity/schema.ts";
import { withTenant } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { findGeneration, requestStop } from "./queries/generations.ts";
import { STOPPED_BY_PERSON } from "./run-answer.ts";
import { type RunningAnswers, runningAnswers } from "./running-answers.ts";

/**
 * Stops an answer. Written here, it stops at once; written by another process, that one sees the request with its
 * next sign of life, within a second. Stopping an answer that has ended changes nothing.
 *
 * @throws AppError `not_found` when the run is not the caller's.
 */
export async function stopAnswer(
  principal: Principal,
  generationId: string,
  running: RunningAnswers = runningAnswers(),
): Promise<void> {
  const isKnown = await withTenant(principal, async (transaction) => {
    if (await requestStop(transaction, principal, generationId)) return true;
    return (await findGeneration(transaction, principal, { id: generationId })) !== undefined;
  });
  if (!isKnown) throw new AppError("not_found");
  const run = running.runs.get(generationId);
  run?.abort.abort(STOPPED_BY_PERSON);
  await run?.done;
}

import { z } from "zod";
import { findPrincipalOfMember } from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import { defineJob, enqueueJob } from "../jobs/index.ts";
import { AppError } from "../shared/errors.ts";
import { idSchema } from "../shared/ids.ts";
import { createRun } from "./create-run.ts";
import { executeRun } from "./execute-run.ts";
import { endRun } from "./queries/runs.ts";
import type { CreateRun, Run } from "./schema.ts";
import { systemDeps } from "./system-deps.ts";

/** Attempts after the first; each goes on where the stored items end, so many are cheap. */
const RETRY_LIMIT = 20;

/** One attempt may take so long; the next one goes on. */
const EXPIRE_SECONDS = 6 * 3600;

const payloadSchema = z.strictObject({ orgId: idSchema, userId: idSchema, runId: idSchema });

/**
 * Measures a run in the name of the administrator who started it, with the rights of now. A killed worker's job is
 * taken up again and asks only the questions that are missing.
 */
export const evaluationRunJob = defineJob({
  name: "evaluation-run",
  schema: payloadSchema,
  retryLimit: RETRY_LIMIT,
  expireSeconds: EXPIRE_SECONDS,
  // Runs side by side would spoil each other's times.
  concurrency: 1,
  handle: async ({ orgId, userId, runId }, { attempt, signal }) => {
    const principal = await findPrincipalOfMember(orgId, userId);
    if (principal?.role !== "admin") {
      await endRun({ orgId }, runId, { state: "failed", errorCode: "forbidden" });
      return;
    }
    try {
      await executeRun(principal, runId, systemDeps, { signal });
    } catch (error) {
      if (attempt >= RETRY_LIMIT && !signal.aborted) {
        await endRun({ orgId }, runId, { state: "failed", errorCode: "internal" });
      }
      throw error;
    }
  },
});

/** What starting a run needs from outside. */
export interface StartRunDeps {
  enqueue(payload: z.infer<typeof payloadSchema>): Promise<unknown>;
}

const queueDeps: StartRunDeps = {
  enqueue: (payload) => enqueueJob(evaluationRunJob, payload, { key: payload.runId }),
};

/**
 * Makes a run and hands it to a worker.
 *
 * @throws AppError `not_found`, `dataset_empty`; `unavailable` when there is no queue, and the run is marked failed.
 */
export async function startRun(
  principal: Principal,
  input: CreateRun,
  deps: StartRunDeps = queueDeps,
): Promise<Run> {
  const run = await createRun(principal, input);
  try {
    await deps.enqueue({ orgId: principal.orgId, userId: principal.userId, runId: run.id });
  } catch (cause) {
    await endRun(principal, run.id, { state: "failed", errorCode: "unavailable" });
    throw new AppError("unavailable", { cause });
  }
  return run;
}

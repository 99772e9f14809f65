import { findPrincipalOfMember } from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import { enqueueJob } from "../jobs/index.ts";
import { AppError } from "../shared/errors.ts";
import { createRun } from "./create-run.ts";
import { createRunJob, type RunPayload } from "./create-run-job.ts";
import { endRun } from "./queries/runs.ts";
import type { CreateRun, Run } from "./schema.ts";
import { systemDeps } from "./system-deps.ts";

/** The job that measures this program itself. */
export const evaluationRunJob = createRunJob({ ...systemDeps, findPrincipal: findPrincipalOfMember });

/** What starting a run needs from outside. */
export interface StartRunDeps {
  enqueue(payload: RunPayload): Promise<unknown>;
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

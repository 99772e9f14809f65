import type { Principal } from "../identity/schema.ts";
import { environment } from "../platform/env.ts";
import { insertRun } from "./queries/runs.ts";
import { getRun } from "./read-runs.ts";
import { type CreateRun, createRunSchema, type Run } from "./schema.ts";

/**
 * Makes a queued run over a dataset as it stands, to be executed by a job or in line.
 *
 * @throws AppError `not_found`, `dataset_empty`
 */
export async function createRun(principal: Principal, input: CreateRun): Promise<Run> {
  const { datasetId, configuration } = createRunSchema.parse(input);
  const runId = await insertRun(principal, {
    datasetId,
    configuration,
    commit: environment().VOUCH_COMMIT ?? "unknown",
    createdBy: principal.userId,
  });
  return getRun(principal, runId);
}

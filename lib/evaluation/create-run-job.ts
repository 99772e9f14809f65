import { z } from "zod";
import type { Principal } from "../identity/schema.ts";
import { defineJob } from "../jobs/index.ts";
import { idSchema } from "../shared/ids.ts";
import { executeRun, type RunDeps } from "./execute-run.ts";
import { endRun } from "./queries/runs.ts";

/** Attempts after the first; each goes on where the stored items end, so many are cheap. */
const RETRY_LIMIT = 20;

/** One attempt may take so long; the next one goes on. */
const EXPIRE_SECONDS = 6 * 3600;

/** What waits in the queue: ids only. */
const runPayloadSchema = z.strictObject({ orgId: idSchema, userId: idSchema, runId: idSchema });
export type RunPayload = z.infer<typeof runPayloadSchema>;

/** What the job needs from outside. */
export interface RunJobDeps extends RunDeps {
  /** The member as the rights stand now, or null. */
  findPrincipal(orgId: string, userId: string): Promise<Principal | null>;
}

/**
 * The job that measures a run in the name of the administrator who started it, with the rights of now. A killed
 * worker's job is taken up again and asks only the questions that are missing.
 */
export function createRunJob(deps: RunJobDeps) {
  return defineJob({
    name: "evaluation-run",
    schema: runPayloadSchema,
    retryLimit: RETRY_LIMIT,
    expireSeconds: EXPIRE_SECONDS,
    // Runs side by side would spoil each other's times.
    concurrency: 1,
    handler: async ({ orgId, userId, runId }, { signal }) => {
      const principal = await deps.findPrincipal(orgId, userId);
      if (principal?.role !== "admin") {
        await endRun({ orgId }, runId, { state: "failed", errorCode: "forbidden" });
        return;
      }
      await executeRun(principal, runId, deps, { signal });
    },
    onDead: async ({ orgId, runId }) => {
      await endRun({ orgId }, runId, { state: "failed", errorCode: "internal" });
    },
  });
}

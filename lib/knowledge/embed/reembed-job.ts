import { z } from "zod";
import { defineJob, enqueueJob } from "../../jobs/index.ts";
import { logger } from "../../platform/log.ts";
import { AppError } from "../../shared/errors.ts";
import { idSchema } from "../../shared/ids.ts";
import {
  findOrganisationSpaces,
  findOrganisationsBehind,
  findUsedSpaces,
  setServingSpace,
} from "../queries/serving-space.ts";
import { reembedOrganisation } from "./reembed.ts";
import { forgetServingSpace, type SpaceDeps, spaceDeps } from "./serving-space.ts";

/** Brings the vectors of one organisation into the space of the present embedder. */
export const reembedJob = defineJob({
  name: "reembed-organisation",
  schema: z.object({ orgId: idSchema }),
  handler: async ({ orgId }, { signal }) => {
    const startedMs = performance.now();
    const outcome = await reembedOrganisation({ orgId }, signal);
    logger.info(
      { orgId, outcome, durationMs: Math.round(performance.now() - startedMs) },
      "vectors looked after",
    );
  },
  // A model that is away comes back; after that the next look finds the work again.
  retryLimit: 6,
  retryDelaySeconds: 10,
  expireSeconds: 24 * 3_600,
  concurrency: 1,
});

/**
 * Writes down which space answers each organisation's searches, so that it goes on answering when another embedder is
 * configured. A space whose model is gone cannot be asked any more: then the present embedder's answers at once.
 *
 * @returns the organisations that have vectors in another space than the present embedder's.
 */
export async function noteServingSpaces(deps: SpaceDeps = spaceDeps): Promise<readonly string[]> {
  const present = deps.embeddingSpace();
  for (const [orgId, rows] of Map.groupBy(await findOrganisationSpaces(), (row) => row.orgId)) {
    const named = rows.find(({ space }) => space !== null)?.space ?? null;
    if (rows.length === 1 && named === present) continue;
    const used = await findUsedSpaces({ orgId });
    const serving = named ?? used.find((space) => space !== present) ?? present;
    const canServe = used.includes(serving) && deps.embeddingModelOf(serving) !== undefined;
    const chosen = canServe ? serving : present;
    if (rows.length === 1 && named === chosen) continue;
    await setServingSpace({ orgId }, chosen);
    forgetServingSpace(orgId);
  }
  return findOrganisationsBehind(present);
}

/** Every minute: organisations whose vectors another embedder made are given those of the present one. */
export const checkVectorSpacesJob = defineJob({
  name: "check-vector-spaces",
  schema: z.object({}),
  handler: async (_payload, { signal }) => {
    for (const orgId of await noteServingSpaces()) {
      if (signal.aborted) throw new AppError("unavailable");
      await enqueueJob(reembedJob, { orgId }, { key: orgId });
    }
  },
  retryLimit: 0,
  concurrency: 1,
  cron: "* * * * *",
  schedulePayload: {},
});

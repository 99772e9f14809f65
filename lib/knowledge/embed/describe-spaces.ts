import type { Principal } from "../../identity/schema.ts";
import { isOfflineOpen } from "../ingest/offline-schedule.ts";
import { countVectors } from "../queries/serving-space.ts";
import type { VectorSpaces } from "../schema.ts";
import { type SpaceDeps, servingModel, spaceDeps } from "./serving-space.ts";

/** In which vector spaces the organisation's passages are, and how far the way into the present embedder's is. */
export async function describeVectorSpaces(
  principal: Principal,
  deps: SpaceDeps = spaceDeps,
): Promise<VectorSpaces> {
  const embedder = deps.embeddingSpace();
  const { space: serving } = await servingModel(principal, deps);
  const { passages, spaces } = await countVectors(principal);
  const isCurrent = serving === embedder && spaces.every(({ name }) => name === embedder);
  const state = isCurrent ? "current" : (await isOfflineOpen(principal)) ? "working" : "waiting";
  return { embedder, serving, state, passages, spaces: [...spaces] };
}

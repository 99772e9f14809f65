import type { TenantScope } from "../../platform/db/index.ts";
import { embeddingModelOf, embeddingSpace } from "../../router/index.ts";
import { findServingSpace } from "../queries/serving-space.ts";

/** The space that answers an organisation's searches, and the configured model that makes its vectors. */
export interface ServingModel {
  readonly space: string;
  /** Undefined: the present embedder. */
  readonly model: string | undefined;
}

/** What the router knows of embedding models. */
export interface SpaceDeps {
  /** The space of the present embedder. */
  readonly embeddingSpace: () => string;
  readonly embeddingModelOf: (space: string) => string | undefined;
}

/** The real router. */
export const spaceDeps: SpaceDeps = {
  embeddingSpace: () => embeddingSpace(),
  embeddingModelOf: (space) => embeddingModelOf(space),
};

/** How long an answer is remembered; the rows of the space before stay for much longer than this. */
const REMEMBERED_MS = 2_000;
const MAX_REMEMBERED = 10_000;

// Shared with the copy of this module that Next bundles.
const holder = globalThis as typeof globalThis & {
  vouchServingSpaces?: Map<string, { readonly space: string | null; readonly untilMs: number }>;
};

/**
 * The space in which questions and new passages of an organisation are embedded now. While a new embedder's vectors are
 * still being made that is the space before, as long as its model is configured; otherwise the present embedder's.
 */
export async function servingModel(
  { orgId }: TenantScope,
  deps: SpaceDeps = spaceDeps,
): Promise<ServingModel> {
  holder.vouchServingSpaces ??= new Map();
  const known = holder.vouchServingSpaces;
  const remembered = known.get(orgId);
  const isFresh = remembered !== undefined && remembered.untilMs > Date.now();
  const space = isFresh ? remembered.space : await findServingSpace({ orgId });
  if (!isFresh) {
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(orgId, { space, untilMs: Date.now() + REMEMBERED_MS });
  }
  const present = deps.embeddingSpace();
  if (space === null || space === present) return { space: present, model: undefined };
  const model = deps.embeddingModelOf(space);
  return model === undefined ? { space: present, model: undefined } : { space, model };
}

/** Forgets what is remembered of an organisation's space: it has just changed. */
export function forgetServingSpace(orgId: string): void {
  holder.vouchServingSpaces?.delete(orgId);
}

import { ensureVectorIndex } from "../queries/vector-index.ts";
import { rememberVectorSpace } from "../queries/vector-spaces.ts";

const known = new Set<string>();

/** Makes a vector space known, with whatever searching it needs, before its first row is stored. */
export async function ensureVectorSpace(space: {
  readonly name: string;
  readonly dimensions: number;
}): Promise<void> {
  if (known.has(space.name)) return;
  await ensureVectorIndex(space);
  await rememberVectorSpace(space);
  known.add(space.name);
}

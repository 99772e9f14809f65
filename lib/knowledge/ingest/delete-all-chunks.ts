import type { TenantScope } from "../../platform/db/index.ts";
import { type ChunkRemoval, deleteChunks } from "../queries/chunks.ts";

const ROWS_PER_STATEMENT = 500;

/** Removes passages in statements short enough for a database that serves others. */
export async function deleteAllChunks(scope: TenantScope, removal: ChunkRemoval): Promise<void> {
  while ((await deleteChunks(scope, removal, ROWS_PER_STATEMENT)) === ROWS_PER_STATEMENT);
}

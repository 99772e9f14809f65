import type { TenantScope } from "../../platform/db/index.ts";
import type { StoredSource } from "../queries/sources.ts";
import type { SourceCounts } from "../schema.ts";
import type { createRobotsCache } from "./robots.ts";
import type { SourceDeps } from "./source-deps.ts";

/** One look at a source. */
export interface SourceRun {
  readonly scope: TenantScope;
  readonly source: StoredSource;
  readonly priority: "online" | "offline";
  readonly signal: AbortSignal;
  readonly deps: SourceDeps;
  readonly robots: ReturnType<typeof createRobotsCache>;
  readonly counts: SourceCounts;
  /** SHA-256 of the pages kept in this run: the same page under two addresses is one. */
  readonly hashes: Set<string>;
}

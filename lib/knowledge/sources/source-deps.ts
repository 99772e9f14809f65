import { setTimeout as sleep } from "node:timers/promises";
import { environment } from "../../platform/env.ts";
import type { OutboundDeps } from "../../platform/outbound/index.ts";

/** The outside of everything that is fetched for a collection. */
export interface SourceDeps {
  /** The way out; the program's own by default. */
  readonly outbound: OutboundDeps | undefined;
  readonly limitBytes: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** The real outside. */
export const sourceDeps: SourceDeps = {
  outbound: undefined,
  limitBytes: () => environment().VOUCH_UPLOAD_LIMIT_MB * 1024 ** 2,
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};

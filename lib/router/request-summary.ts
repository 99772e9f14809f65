import type { ModelTarget } from "./config/router-config.ts";
import type { AttemptOutcome } from "./stream/stream-attempt.ts";
import type { UpstreamError } from "./upstreams/upstream-error.ts";

/** How a request went, for the log. */
export interface RequestSummary {
  readonly target: ModelTarget;
  readonly attempts: number;
  readonly outcome: AttemptOutcome;
  readonly firstTokenMs: number | undefined;
  readonly error: UpstreamError | undefined;
}

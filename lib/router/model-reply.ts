import type { RouteStep } from "./routing/route-run.ts";
import type { Spillover } from "./upstreams/azure/read-spillover.ts";
import type { UpstreamReply } from "./upstreams/upstream.ts";
import type { UpstreamError } from "./upstreams/upstream-error.ts";

/** A whole answer and who gave it. */
export interface ModelReply {
  readonly step: RouteStep;
  readonly attempts: number;
  /** JSON for the client. */
  readonly bytes: Buffer;
  readonly json: UpstreamReply["json"];
  /** Whether Azure passed the call on to another deployment. */
  readonly spillover: Spillover;
  /** Milliseconds upstreams took. */
  readonly upstreamMs: number;
}

/** The client left before there was an answer. */
export interface AbandonedReply {
  readonly target: RouteStep["target"];
  readonly attempts: number;
  readonly error: UpstreamError;
}

/** What asking for a whole answer comes to, unless it fails. */
export type ReplyOutcome = ModelReply | AbandonedReply;

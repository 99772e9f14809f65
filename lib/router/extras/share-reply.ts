import { ApiError } from "../http/api-error.ts";
import type { ReplyOutcome } from "../model-reply.ts";
import type { ModelRequest, RouterParts } from "../model-request.ts";
import { abortSignalOf, type StopSignal } from "../stop-signal.ts";
import { UpstreamError, upstreamFault } from "../upstreams/upstream-error.ts";
import type { Coalesced } from "./coalescer.ts";
import { countReuse } from "./find-reuse.ts";
import { isStorable } from "./is-storable.ts";
import { CACHE_UPSTREAM, cacheTarget } from "./record-reuse.ts";

/**
 * Gets a whole answer, together with equal requests that run at the same time when the request's plan allows it, and
 * keeps it for later ones.
 *
 * @param work asks upstreams; it must not touch the client, whom it may outlive.
 * @throws ApiError or UpstreamError of the work.
 */
export async function shareReply(
  asked: ModelRequest,
  { extras }: RouterParts,
  work: (signal: StopSignal) => Promise<ReplyOutcome>,
): Promise<Coalesced<ReplyOutcome>> {
  const { key, mayRead, ttlMs } = asked.reuse;
  if (key === undefined) return { result: await work(asked.signal), role: "leader" };
  const workAndKeep = async (signal: StopSignal) => {
    const outcome = await work(signal);
    if ("json" in outcome && isStorable(outcome.json, asked.endpoint, asked.body)) {
      extras.cache.put(key, outcome.bytes, ttlMs);
    }
    return outcome;
  };
  if (!mayRead) return { result: await workAndKeep(asked.signal), role: "leader" };
  try {
    const shared = await extras.shared.run({ key, signal: abortSignalOf(asked.signal), work: workAndKeep });
    if (shared.role === "follower") countReuse(asked.model.name, "shared");
    return shared;
  } catch (error) {
    if (error instanceof UpstreamError || error instanceof ApiError || !asked.signal.aborted) throw error;
    const left = upstreamFault("cancelled", CACHE_UPSTREAM, { isUnsent: true });
    return {
      result: { target: cacheTarget(asked.model.name), attempts: 0, error: left },
      role: "follower",
    };
  }
}

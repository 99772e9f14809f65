import type { Robots } from "./robots.ts";
import type { SourceDeps } from "./source-deps.ts";

/** Between two requests to a host that asks for nothing else. */
const DEFAULT_DELAY_MS = 500;
/** A host that asks for more is given this. */
const MAX_DELAY_MS = 60_000;

/** When each host may be asked next, for all runs of this process. */
const nextTurnMs = new Map<string, number>();

/** Waits until the host of an address may be asked again, and takes the turn. */
export async function waitTurn(
  url: URL,
  robots: Robots,
  { deps, signal }: { readonly deps: SourceDeps; readonly signal: AbortSignal },
): Promise<void> {
  const nowMs = Date.now();
  for (const [host, turnMs] of nextTurnMs) if (turnMs < nowMs) nextTurnMs.delete(host);
  const askedMs = robots.delaySeconds === undefined ? DEFAULT_DELAY_MS : robots.delaySeconds * 1000;
  const delayMs = Math.min(Math.max(askedMs, 0), MAX_DELAY_MS);
  const turnMs = Math.max(nowMs, nextTurnMs.get(url.host) ?? 0);
  nextTurnMs.set(url.host, turnMs + delayMs);
  if (turnMs > nowMs) await deps.sleep(turnMs - nowMs, signal);
}

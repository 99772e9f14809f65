import type { Router } from "./create-router.ts";
import type { RouterState } from "./schema.ts";

// The web process makes the router; the page that shows its state is served by Next's own copy of this module.
const holder = globalThis as typeof globalThis & { vouchLiveRouter?: Router };

/** Makes a router the one whose state administrators of this process see. */
export function setLiveRouter(router: Router): void {
  holder.vouchLiveRouter = router;
}

/**
 * Something was taken away from readers and committed: the router of this process forgets the answers it stored before,
 * those of other processes follow within a second. Nothing happens in a process without a router.
 */
export async function noteRemoval(): Promise<void> {
  await holder.vouchLiveRouter?.noteRemoval();
}

/** State of the router of this process; null in a process without one. */
export function liveRouterState(): RouterState | null {
  return holder.vouchLiveRouter?.state() ?? null;
}

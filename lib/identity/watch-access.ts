import { logger } from "../platform/log.ts";
import { findEndedAccess, type GrantedAccess } from "./queries/access.ts";

/** How often open streams are checked; a stream thus ends at most this long, and one query, after its right to be open. */
const CHECK_MS = 5_000;

interface Watch {
  readonly access: GrantedAccess;
  readonly onEnded: () => void;
}

interface Watchers {
  readonly open: Set<Watch>;
  timer: NodeJS.Timeout | undefined;
}

// Shared by the copies of this module, so that a process asks once for all its streams.
const holder = globalThis as typeof globalThis & { vouchAccessWatchers?: Watchers };

function watchers(): Watchers {
  holder.vouchAccessWatchers ??= { open: new Set(), timer: undefined };
  return holder.vouchAccessWatchers;
}

/**
 * Calls back when somebody who was let in may no longer stay: account closed, sessions ended, role lowered, key
 * revoked or run out. One query per process and five seconds, however many streams are open.
 *
 * @returns A function that ends the watch.
 */
export function watchAccess(access: GrantedAccess, onEnded: () => void): () => void {
  const state = watchers();
  const watch = { access, onEnded };
  state.open.add(watch);
  state.timer ??= setInterval(() => void checkAccess(), CHECK_MS).unref();
  return () => {
    state.open.delete(watch);
    if (state.open.size > 0) return;
    clearInterval(state.timer);
    state.timer = undefined;
  };
}

/** Checks all open watches now; the timer does, and tests do. */
export async function checkAccess(): Promise<void> {
  const open = [...watchers().open];
  if (open.length === 0) return;
  try {
    const ended = await findEndedAccess(open.map((watch) => watch.access));
    for (const watch of open) if (ended.has(watch.access)) watch.onEnded();
  } catch (error) {
    // While the database is away nobody's rights can have changed through it; the next round asks again.
    logger.warn({ error, feature: "access-watch", count: open.length }, "open streams could not be checked");
  }
}

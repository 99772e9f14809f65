/** Something whose waits may run out. */
export interface Watched {
  /** Looks whether they have; called every few milliseconds while it is watched. */
  look(nowMs: number): void;
}

/** Waits of streams are counted in tenths of seconds and more. */
const LOOK_MS = 20;

const watched = new Set<Watched>();
let timer: NodeJS.Timeout | undefined;

/**
 * Watches something: one timer for all streams of the process, since four for each of thousands cost more than looking
 * at them all. Ended with {@link unwatch}.
 */
export function watch(one: Watched): void {
  watched.add(one);
  timer ??= setInterval(lookAtAll, LOOK_MS).unref();
}

export function unwatch(one: Watched): void {
  watched.delete(one);
}

function lookAtAll(): void {
  if (watched.size === 0) {
    clearInterval(timer);
    timer = undefined;
    return;
  }
  const nowMs = performance.now();
  for (const one of watched) one.look(nowMs);
}

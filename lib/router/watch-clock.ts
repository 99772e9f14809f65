import { type Listed, Roster } from "./roster.ts";

/** Something whose waits may run out. */
export interface Watched extends Listed {
  /** Looks whether they have; called every few milliseconds while it is watched. */
  look(nowMs: number): void;
}

/** Waits of streams are counted in tenths of seconds and more. */
const LOOK_MS = 20;

const watched = new Roster<Watched>();
let timer: NodeJS.Timeout | undefined;
let isLookDue = false;

/**
 * Watches something: one timer for all streams of the process, since four for each of thousands cost more than looking
 * at them all. Ended with {@link unwatch}.
 */
export function watch(one: Watched): void {
  watched.add(one);
  timer ??= setInterval(lookSoon, LOOK_MS).unref();
}

export function unwatch(one: Watched): void {
  watched.delete(one);
}

/**
 * After a moment in which this process could not run, timers come before the bytes that arrived meanwhile: whoever looked
 * at once would blame a server for the silence of the machine. So what has arrived is read first.
 */
function lookSoon(): void {
  if (isLookDue) return;
  isLookDue = true;
  setImmediate(lookAtAll);
}

function lookAtAll(): void {
  isLookDue = false;
  if (watched.size === 0) {
    clearInterval(timer);
    timer = undefined;
    return;
  }
  const nowMs = performance.now();
  watched.visit((one) => one.look(nowMs));
}

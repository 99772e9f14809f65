import type { LoadFigures } from "./load-plan.ts";

/** A source of load. */
export interface Driver {
  /** The measured window begins. */
  begin(): void;
  /** It is over. */
  end(): void;
  /** Closes every connection. */
  stop(): void;
  figures(): Omit<LoadFigures, "seconds" | "processorSeconds">;
}

/** Errors by kind. */
export class ErrorCounts {
  readonly counts: Record<string, number> = {};

  add(kind: string): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
  }
}

/** Pause before a connection that failed is made again: a target that is down must not be hammered. */
export const RECONNECT_MS = 50;

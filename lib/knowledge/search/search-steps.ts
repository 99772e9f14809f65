import type { SearchStep } from "../schema.ts";

/** Writes down what a search did, for its trace. */
export class SearchSteps {
  readonly #steps: SearchStep[] = [];
  readonly #timingsMs = new Map<string, number>();

  /** Adds a step that took from `startMs` (of `performance.now()`) until now. */
  since(name: SearchStep["name"], startMs: number, summary: string, detail: SearchStep["detail"] = {}): void {
    this.lasting(name, performance.now() - startMs, summary, detail);
  }

  /** Adds a step whose duration is known. */
  lasting(
    name: SearchStep["name"],
    milliseconds: number,
    summary: string,
    detail: SearchStep["detail"] = {},
  ): void {
    const rounded = roundMs(milliseconds);
    this.#steps.push({ name, summary, milliseconds: rounded, detail });
    this.#timingsMs.set(name, roundMs((this.#timingsMs.get(name) ?? 0) + rounded));
  }

  list(): SearchStep[] {
    return [...this.#steps];
  }

  /** Milliseconds by step, those of one name together. */
  timings(totalMs: number): Record<string, number> {
    return { ...Object.fromEntries(this.#timingsMs), total: roundMs(totalMs) };
  }
}

function roundMs(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}

/** Three digits are enough to compare by. */
export function roundScore(score: number): number {
  return Math.round(score * 1000) / 1000;
}

/** `1 passage`, `3 passages`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

import { z } from "zod";

/** From here on a statement is one that others notice: the engine serves one at a time. */
const LONG_MS = 100;

/** How long single statements held the engine. */
export const statementTimesSchema = z.object({
  count: z.number(),
  longCount: z.number(),
  longestMs: z.number(),
});

export type StatementTimesSummary = z.infer<typeof statementTimesSchema>;

/** What a parent process may ask the database process for; benches do. */
export const STATEMENT_TIMES_REQUEST = "statement-times";

/** The answer to {@link STATEMENT_TIMES_REQUEST}. */
export const statementTimesMessageSchema = z.object({
  type: z.literal(STATEMENT_TIMES_REQUEST),
  times: statementTimesSchema,
});

/**
 * Takes note of how long single statements hold the engine while somebody may wait for it: those of clients, and upkeep that
 * could not wait for a quiet moment.
 */
export class StatementTimes {
  #summary: StatementTimesSummary = { count: 0, longCount: 0, longestMs: 0 };

  note(milliseconds: number): void {
    const { count, longCount, longestMs } = this.#summary;
    this.#summary = {
      count: count + 1,
      longCount: longCount + (milliseconds > LONG_MS ? 1 : 0),
      longestMs: Math.max(longestMs, milliseconds),
    };
  }

  /** What was noted since it was last taken. */
  take(): StatementTimesSummary {
    const taken = this.#summary;
    this.#summary = { count: 0, longCount: 0, longestMs: 0 };
    return taken;
  }
}

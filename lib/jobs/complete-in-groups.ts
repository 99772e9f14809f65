import type { JobAttempt } from "./job-attempt.ts";

/** How long a finished job waits for others to be settled with it. */
const GATHER_MS = 15;

/**
 * Settles finished jobs of a queue together: one statement for all that end within a few milliseconds. Each caller
 * waits for its own job.
 *
 * @param complete Settles the given attempts.
 */
export function completeInGroups(
  complete: (attempts: JobAttempt[]) => Promise<unknown>,
): (attempt: JobAttempt) => Promise<void> {
  let waiting: { attempt: JobAttempt; resolve: () => void; reject: (error: unknown) => void }[] = [];
  const flush = async () => {
    const group = waiting;
    waiting = [];
    try {
      await complete(group.map(({ attempt }) => attempt));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };
  return (attempt) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setTimeout(() => void flush(), GATHER_MS);
      waiting.push({ attempt, resolve, reject });
    });
}

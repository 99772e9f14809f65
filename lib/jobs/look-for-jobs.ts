import { setTimeout as wait } from "node:timers/promises";
import { logger } from "../platform/log.ts";
import { announceEnqueued } from "./local-wake.ts";
import { queueDatabase } from "./queue-database.ts";

/** Pause between two looks. */
const LOOK_MS = 500;

/** Those of the queues in which a job may start now: a step through pg-boss's own index for each. */
const QUEUES_WITH_JOBS = `
  select q.name from unnest($1::text[]) q(name) where exists (
    select from pgboss.job j
    where j.name = q.name and j.state < 'active' and not j.blocked and j.start_after <= now())`;

/**
 * Wakes the workers of this process for jobs that other processes enqueue, or whose time has come. One look for all queues: each
 * worker asking for itself would keep an embedded database busy with taking nothing out of empty queues.
 *
 * @returns the function that stops it.
 */
export function lookForJobs(queues: readonly string[]): () => Promise<void> {
  const stopping = new AbortController();
  const pause = () => wait(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => {});
  const loop = async () => {
    for (; !stopping.signal.aborted; await pause()) {
      try {
        const { rows } = await queueDatabase().executeSql(QUEUES_WITH_JOBS, [`{${queues.join(",")}}`]);
        for (const { name } of rows) announceEnqueued(String(name));
      } catch (error) {
        // The database is away for a moment: the next look asks again.
        logger.warn({ error }, "queues could not be looked at");
      }
    }
  };
  const looping = loop();
  return async () => {
    stopping.abort();
    await looping;
  };
}

/**
 * The work PostgreSQL's background processes do on a server: checkpoints, and VACUUM ANALYZE of changed tables. The
 * embedded engine has no such processes; without this its log would grow until shutdown, dead rows would pile up
 * and the planner would never learn the size of a table.
 */
import type { Backend } from "./backend.ts";
import type { TurnQueue } from "./turn-queue.ts";

const INTERVAL_MS = 5_000;
/** Pollers keep the engine a little busy at all times; below this share of the time it counts as idle. */
const QUIET_SHARE = 0.05;
/** After so long without a quiet moment, upkeep goes ahead all the same. */
const BUSY_MS_MAX = 300_000;
/** Log written since the last checkpoint that makes one worth while, and that forces one under constant load. */
const CHECKPOINT_BYTES = { idle: 32 * 1024 * 1024, busy: 128 * 1024 * 1024 };
/** A vacuum holds everyone up; tables beyond this many rows wait for the operator. */
const VACUUM_ROWS_MAX = 200_000;

/** The table that has changed most since it was last vacuumed or analysed, as PostgreSQL's autovacuum would choose. */
const MOST_CHANGED_TABLE = `
  select format('%I.%I', schemaname, relname)
  from pg_stat_user_tables
  where n_live_tup <= ${VACUUM_ROWS_MAX}
    and (n_dead_tup > 200 + 0.2 * n_live_tup or n_mod_since_analyze > 200 + 0.1 * n_live_tup)
  order by n_dead_tup + n_mod_since_analyze desc
  limit 1`;

/** Decides on and does one step of upkeep at a time. */
export class Maintenance {
  #backend: Backend;
  #checkpointBytes: { idle: number; busy: number };
  #checkpointAt = "0/0";

  constructor(backend: Backend, checkpointBytes: { idle: number; busy: number } = CHECKPOINT_BYTES) {
    this.#backend = backend;
    this.#checkpointBytes = checkpointBytes;
  }

  /** One step; the caller holds the turn. */
  async run(isIdle: boolean): Promise<"checkpoint" | "vacuum" | "nothing"> {
    await this.#backend.enter(this);
    const [[writtenBytes = "0", position = "0/0"] = []] = await this.#backend.query(
      `select pg_wal_lsn_diff(pg_current_wal_lsn(), '${this.#checkpointAt}'), pg_current_wal_lsn()`,
    );
    const isFirstRound = this.#checkpointAt === "0/0";
    if (isFirstRound) this.#checkpointAt = position;
    if (!isFirstRound && Number(writtenBytes) > this.#checkpointBytes[isIdle ? "idle" : "busy"]) {
      await this.#backend.query("CHECKPOINT");
      this.#checkpointAt = position;
      return "checkpoint";
    }
    const [[table] = []] = isIdle ? await this.#backend.query(MOST_CHANGED_TABLE) : [];
    if (table === undefined) return "nothing";
    await this.#backend.query(`VACUUM (ANALYZE) ${table}`);
    return "vacuum";
  }
}

/**
 * Runs upkeep every few seconds, one step at a time.
 *
 * @returns a function that stops it.
 */
export function keepMaintained(
  backend: Backend,
  turns: TurnQueue,
  onError: (error: unknown) => void,
): () => void {
  const maintenance = new Maintenance(backend);
  let busyMsBefore = turns.busyMs;
  let lastIdleAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const isQuiet = turns.busyMs - busyMsBefore < INTERVAL_MS * QUIET_SHARE;
    const isIdle = isQuiet || now - lastIdleAt > BUSY_MS_MAX;
    if (isIdle) lastIdleAt = now;
    turns
      .runExclusive(() => maintenance.run(isIdle))
      .catch(onError)
      .finally(() => {
        busyMsBefore = turns.busyMs;
      });
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * The work PostgreSQL's background processes do on a server: checkpoints, VACUUM ANALYZE of changed tables, and merging
 * the segments of BM25 indexes. The embedded engine has no such processes; without this its log would grow until
 * shutdown, dead rows would pile up, the planner would never learn the size of a table, and a search for words would look
 * into ever more segments.
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

/**
 * A table of which more was written than it held when it was last looked at. Prepared statements and foreign keys keep
 * plans made for a small table, in which any index is as good as the right one, until it is looked at anew: while 5,000
 * files were read, storing one came to cost eight times as much.
 */
const GROWN_TABLE = `
  select format('%I.%I', s.schemaname, s.relname)
  from pg_stat_user_tables s join pg_class c on c.oid = s.relid
  where s.n_mod_since_analyze > 300 + greatest(c.reltuples, 0)
  order by s.n_mod_since_analyze / (300 + greatest(c.reltuples, 0)) desc
  limit 1`;

/**
 * A sample has 300 rows for each, and everybody waits while they are read: 3,000 rows of 100,000 passages took 425 ms. What counts
 * now is how many rows there are; the rest is learnt in a quiet moment.
 */
const QUICK_STATISTICS_TARGET = 1;

/**
 * Segments up to this size (MB) are merged in quiet moments; writers merge up to max_segment_size alone, because they are waited for.
 * A step takes some 120 ms. Up to 16 MB it took a second and more, for whoever came just then, and made a search for words by the
 * index three times as fast: too dear since the index is asked only until a process has read its copy of the words.
 */
const QUIET_SEGMENT_MB = 4;

/** Counts what wrote to tables with a BM25 index; null when there is none. */
const INDEXED_WRITES = `
  select sum(t.n_tup_ins + t.n_tup_upd + t.n_tup_del)
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
    join pg_stat_all_tables t on t.relid = i.indrelid
  where a.amname = 'bm25'`;

const MERGE_STEP = `
  select set_config('pg_textsearch.max_segment_size', '${QUIET_SEGMENT_MB}', true), bm25_compact_step(i.indexrelid)
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
  where a.amname = 'bm25'`;

/** Decides on and does one step of upkeep at a time. */
export class Maintenance {
  #backend: Backend;
  #checkpointBytes: { idle: number; busy: number };
  #checkpointAt = "0/0";
  /** {@link INDEXED_WRITES} when there was nothing left to merge. */
  #mergedAt = "";

  constructor(backend: Backend, checkpointBytes: { idle: number; busy: number } = CHECKPOINT_BYTES) {
    this.#backend = backend;
    this.#checkpointBytes = checkpointBytes;
  }

  /** One step; the caller holds the turn. */
  async run(isIdle: boolean): Promise<"checkpoint" | "analyse" | "vacuum" | "merge" | "nothing"> {
    await this.#backend.enter(this);
    this.#backend.noteLeaving("settings");
    const [[writtenBytes = "0", position = "0/0"] = []] = await this.#backend.query(
      `select pg_wal_lsn_diff(pg_current_wal_lsn(), '${this.#checkpointAt}'), pg_current_wal_lsn()`,
    );
    const isFirstRound = this.#checkpointAt === "0/0";
    if (isFirstRound) this.#checkpointAt = position;
    if (!isFirstRound && Number(writtenBytes) > this.#checkpointBytes[isIdle ? "idle" : "busy"]) {
      await (isIdle ? this.#backend.query("CHECKPOINT") : this.#queryAmongOthers("CHECKPOINT"));
      this.#checkpointAt = position;
      return "checkpoint";
    }
    if (!isIdle) return this.#analyseGrown();
    const [[table] = []] = await this.#backend.query(MOST_CHANGED_TABLE);
    if (table === undefined) return this.#mergeSegments();
    await this.#backend.query(`VACUUM (ANALYZE) ${table}`);
    return "vacuum";
  }

  async #analyseGrown(): Promise<"analyse" | "nothing"> {
    const [[table] = []] = await this.#backend.query(GROWN_TABLE);
    if (table === undefined) return "nothing";
    await this.#backend.query(`set default_statistics_target = ${QUICK_STATISTICS_TARGET}`);
    await this.#queryAmongOthers(`ANALYZE ${table}`);
    await this.#backend.query("reset default_statistics_target");
    return "analyse";
  }

  /** Work that others wait for. */
  async #queryAmongOthers(sql: string): Promise<void> {
    const startMs = performance.now();
    await this.#backend.query(sql);
    this.#backend.times.note(performance.now() - startMs);
  }

  async #mergeSegments(): Promise<"merge" | "nothing"> {
    const [[writes = ""] = []] = await this.#backend.query(INDEXED_WRITES);
    if (writes === "" || writes === this.#mergedAt) return "nothing";
    const steps = await this.#backend.query(MERGE_STEP);
    if (steps.some(([, isMerged]) => isMerged === "t")) return "merge";
    this.#mergedAt = writes;
    return "nothing";
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
    const work = async () => {
      // Others have their turns between the tables.
      while ((await turns.runExclusive(() => maintenance.run(isIdle))) === "analyse");
    };
    work()
      .catch(onError)
      .finally(() => {
        busyMsBefore = turns.busyMs;
      });
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

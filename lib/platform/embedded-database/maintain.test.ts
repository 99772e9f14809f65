import { expect, it } from "vitest";
import { Backend } from "./backend.ts";
import { Maintenance } from "./maintain.ts";
import { openEngine } from "./open-engine.ts";
import { emptyDump } from "./test-support.ts";

it("changed tables are vacuumed and analysed, and the log is cut, but not while others work", async () => {
  const backend = new Backend(await openEngine(null, await emptyDump()));
  const maintenance = new Maintenance(backend, { idle: 2_000_000, busy: 20_000_000 });
  expect(await maintenance.run(true)).toBe("nothing");
  await backend.query("create table t (a int, b text)");
  await backend.query("insert into t select i, repeat('x', 900) from generate_series(1, 5000) i");
  await backend.query("delete from t where a > 1000");
  await backend.query("select pg_stat_force_next_flush()");
  // While others work, only what a table became is noted: plans made when it was empty go.
  expect(await maintenance.run(false)).toBe("analyse");
  const [[known] = []] = await backend.query("select reltuples from pg_class where relname = 't'");
  expect(Math.abs(Number(known) - 1_000)).toBeLessThan(300);
  expect(backend.times.take().count).toBe(1);
  expect(await backend.query("show default_statistics_target")).toEqual([["100"]]);
  expect(await maintenance.run(false)).toBe("nothing");
  expect(await maintenance.run(true)).toBe("checkpoint");
  expect(await maintenance.run(true)).toBe("vacuum");
  const [[rows] = []] = await backend.query("select reltuples from pg_class where relname = 't'");
  expect(rows).toBe("1000");
  // The vacuum wrote to the log too; after at most one more checkpoint there is nothing left to do.
  const next = await maintenance.run(true);
  if (next !== "nothing") expect([next, await maintenance.run(true)]).toEqual(["checkpoint", "nothing"]);
  await backend.close();
});

it("segments of the word index are merged in quiet moments, once for what was written", async () => {
  const backend = new Backend(await openEngine(null, await emptyDump()));
  const maintenance = new Maintenance(backend, { idle: 1_000_000_000, busy: 1_000_000_000 });
  await backend.query("create extension if not exists pg_textsearch");
  await backend.query("create table t (a text)");
  await backend.query("create index t_bm25 on t using bm25 (a) with (text_config = 'simple')");
  for (let count = 0; count < 9; count += 1) {
    // One segment each, too large for writers to merge.
    await backend.query("begin; set local pg_textsearch.max_segment_size = 1");
    await backend.query("set local pg_textsearch.memtable_pages_threshold = 8");
    await backend.query(
      `insert into t select string_agg(substr(md5((i * 40 + j + ${count} * 100000)::text), 1, 6), ' ') || ' word' || i
       from generate_series(1, 300) i, generate_series(1, 40) j group by i`,
    );
    await backend.query("commit");
  }
  const segments = async () => {
    const [[counts = ""] = []] = await backend.query("select bm25_level_counts('t_bm25'::regclass)");
    return counts
      .slice(1, -1)
      .split(",")
      .reduce((sum, count) => sum + Number(count), 0);
  };
  expect(await segments()).toBeGreaterThanOrEqual(9);
  await backend.query("select pg_stat_force_next_flush()");
  expect(await maintenance.run(false)).toBe("analyse");
  const steps: string[] = [];
  do steps.push(await maintenance.run(true));
  while (steps.at(-1) !== "nothing" && steps.length < 12);
  expect(steps).toContain("merge");
  expect(steps.at(-1)).toBe("nothing");
  expect(await segments()).toBeLessThan(9);
  expect(await maintenance.run(true)).toBe("nothing");
  const found = await backend.query(
    "select count(*) from (select a from t order by a <@> to_bm25query('word7', 't_bm25') limit 9) w where a like '%word7'",
  );
  expect(found).toEqual([["9"]]);
  await backend.close();
});

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

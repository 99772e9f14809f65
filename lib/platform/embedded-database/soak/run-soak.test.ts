import { expect, it } from "vitest";
import { emptyDumpPath } from "../test-support.ts";
import { isSound, runSoak } from "./run-soak.ts";

it("clients in several processes, some killed, and a killed database: no result is wrong, no row lost or doubled", async () => {
  const summary = await runSoak({
    operations: 600,
    processes: 3,
    connectionsPerProcess: 3,
    clientKills: 2,
    databaseKills: 1,
    seed: 7,
    loadFrom: await emptyDumpPath(),
  });
  expect(summary.wrong).toEqual([]);
  expect(isSound(summary), JSON.stringify(summary)).toBe(true);
  expect(summary.acknowledged).toBeGreaterThan(100);
  expect(summary.expectedErrors).toBeGreaterThan(10);
}, 120_000);

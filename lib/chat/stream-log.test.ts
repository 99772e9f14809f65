import { describe, expect, it, vi } from "vitest";
import type { LogEvent } from "./queries/generations.ts";
import { type OwnedLogEvent, StreamLog } from "./stream-log.ts";

function recorder() {
  const stored: OwnedLogEvent[] = [];
  const published: LogEvent[] = [];
  const inserts: number[] = [];
  return {
    stored,
    published,
    inserts,
    deps: {
      store: async (events: readonly OwnedLogEvent[]) => {
        inserts.push(events.length);
        stored.push(...events);
      },
      publish: (events: readonly LogEvent[]) => {
        for (const event of events) expect(stored).toContainEqual(expect.objectContaining(event));
        published.push(...events);
      },
    },
  };
}

const run = (generationId: string) => ({ orgId: "org", generationId });

describe("StreamLog", () => {
  it("publishes nothing before it is stored, in order and without gaps", async () => {
    const { deps, published } = recorder();
    const log = new StreamLog(deps);
    log.open(run("a"));
    for (let index = 0; index < 50; index += 1) log.append("a", index, index === 0);
    expect(await log.close("a")).toBe(published.length + 1);
    expect(published.flatMap((event) => event.chunks)).toEqual(
      Array.from({ length: 50 }, (_, index) => index),
    );
    expect(published.map((event) => event.sequence)).toEqual(published.map((_, index) => index + 1));
  });

  it("stores an urgent chunk without waiting for the tick", async () => {
    const { deps, stored } = recorder();
    // A clock that stands still: the tick after the first write never comes by itself.
    const log = new StreamLog({ ...deps, nowMs: () => 0 });
    log.open(run("a"));
    log.append("a", "first", true);
    await vi.waitFor(() => expect(stored).toHaveLength(1));
    log.append("a", "second", true);
    await vi.waitFor(() => expect(stored).toHaveLength(2));
    await log.close("a");
  });

  it("writes the deltas of many runs in one insert per tick", async () => {
    const { deps, inserts } = recorder();
    const log = new StreamLog(deps);
    for (let index = 0; index < 20; index += 1) log.open(run(String(index)));
    for (let index = 0; index < 20; index += 1) log.append(String(index), "text");
    await Promise.all(Array.from({ length: 20 }, (_, index) => log.close(String(index))));
    expect(Math.max(...inserts)).toBe(20);
  });

  it("tries a failed write again under the same sequence and loses nothing", async () => {
    const { deps, stored } = recorder();
    let failures = 2;
    const log = new StreamLog({
      ...deps,
      store: async (events) => {
        if (failures > 0) {
          failures -= 1;
          throw new Error("connection lost");
        }
        await deps.store(events);
      },
    });
    log.open(run("a"));
    log.append("a", "one", true);
    log.append("a", "two");
    await log.close("a");
    expect(stored.flatMap((event) => event.chunks)).toEqual(["one", "two"]);
    expect(stored.map((event) => event.sequence)).toEqual(stored.map((_, index) => index + 1));
  });

  it("fails the run whose rows are refused and no other", async () => {
    const { deps, stored } = recorder();
    const log = new StreamLog({
      ...deps,
      store: async (events) => {
        if (events.some((event) => event.generationId === "deleted")) {
          throw Object.assign(new Error("foreign key"), { code: "23503" });
        }
        await deps.store(events);
      },
    });
    log.open(run("deleted"));
    log.open(run("kept"));
    log.append("deleted", "x");
    log.append("kept", "y");
    await log.close("kept");
    await expect(log.close("deleted")).rejects.toMatchObject({ code: "unavailable" });
    expect(stored.map((event) => event.generationId)).toEqual(["kept"]);
  });
});

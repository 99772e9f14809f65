import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { until } from "./test-router.ts";
import { unwatch, type Watched, watch } from "./watch-clock.ts";

test("what is watched is looked at until it is let go, also when it lets itself go", async () => {
  const looks = { staying: 0, leaving: 0 };
  const staying: Watched = {
    rosterPlace: -1,
    look: () => {
      looks.staying += 1;
    },
  };
  const leaving: Watched = {
    rosterPlace: -1,
    look: () => {
      looks.leaving += 1;
      unwatch(leaving);
    },
  };
  watch(leaving);
  watch(staying);
  await until(() => looks.staying > 3, "several looks");
  expect(looks.leaving).toBe(1);
  unwatch(staying);
  const { staying: last } = looks;
  const again: Watched = {
    rosterPlace: -1,
    look: () => {
      looks.leaving += 1;
    },
  };
  watch(again);
  await until(() => looks.leaving > 3, "looks at another");
  unwatch(again);
  expect(looks.staying).toBe(last);
});

test("what arrived while the process could not run is read before anybody looks", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const arrived = once(server, "connection");
  const reader = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [writer] = (await arrived) as [Socket];
  const order: string[] = [];
  reader.on("data", () => order.push("read"));
  const looking: Watched = { rosterPlace: -1, look: () => order.push("looked") };
  watch(looking);
  await until(() => order.length > 0, "a first look");
  order.length = 0;
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      // With the system at once; then nothing runs for several looks.
      writer.write("late, but not the server's fault");
      const untilMs = performance.now() + 100;
      while (performance.now() < untilMs);
      resolve();
    });
  });
  await until(() => order.includes("looked") && order.includes("read"), "both");
  expect(order[0]).toBe("read");
  unwatch(looking);
  reader.destroy();
  writer.destroy();
  server.close();
});

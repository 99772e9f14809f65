import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../test-router.ts";
import { ByteBudget } from "./byte-budget.ts";
import { type BodyLimits, readJsonBody } from "./read-json-body.ts";

let server: Server;
let sockets: Socket[];
let limits: BodyLimits;
/** How the bodies ended, in the order in which they did: what was read, or the status of the error. */
let ends: unknown[];

beforeEach(async () => {
  ends = [];
  sockets = [];
  limits = { maxBytes: 1_000_000, timeoutMs: 5_000, budget: new ByteBudget(500_000) };
  server = createServer((request, response) => {
    const over = (end: unknown) => {
      ends.push(end);
      response.end();
    };
    readJsonBody(request, limits, { taken: over, refused: (error) => over(error.status) });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function send(body: string, announced = body.length): Socket {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => {});
  socket.resume();
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${announced}\r\n\r\n${body}`);
  sockets.push(socket);
  return socket;
}

test("bodies that are being read share a budget, which is free again when they are read", async () => {
  const first = send(`{"a":"${"x".repeat(400_000)}`, 400_009);
  await until(() => limits.budget.taken > 300_000, "the first body is nearly here");
  send(`{"b":"${"x".repeat(200_000)}"}`);
  await until(() => ends.length === 1, "the second is refused");
  expect(ends).toEqual([503]);
  first.write('"}');
  await until(() => ends.length === 2, "the first is read");
  expect(limits.budget.taken).toBe(0);
  send(`{"c":"${"x".repeat(450_000)}"}`);
  await until(() => ends.length === 3, "a third has room");
  expect(ends[2]).toHaveProperty("c");
  expect(limits.budget.taken).toBe(0);
});

test("small bodies pass when the budget is spent", async () => {
  limits.budget.take(500_000);
  send('{"small":true}');
  await until(() => ends.length === 1, "it is read");
  expect(ends).toEqual([{ small: true }]);
});

test("a client that leaves, a body too large and one too late give back what they took", async () => {
  const leaver = send("x".repeat(300_000), 400_000);
  await until(() => limits.budget.taken >= 300_000, "most of it is here");
  leaver.destroy();
  await until(() => ends.length === 1, "its leaving is noticed");
  expect([ends, limits.budget.taken]).toEqual([[499], 0]);
  send("x".repeat(10), 2_000_000);
  await until(() => ends.length === 2, "the announced size is refused");
  limits = { ...limits, timeoutMs: 50 };
  send("x".repeat(300_000), 400_000);
  await until(() => ends.length === 3, "the late one is refused");
  expect([ends, limits.budget.taken]).toEqual([[499, 413, 408], 0]);
});

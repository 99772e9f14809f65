import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { chatBody, metricSum } from "../test-client.ts";
import { startTestRouter, TEST_KEY, type TestRouter, until } from "../test-router.ts";
import { beginCall, inOrder } from "./scenario.ts";

let router: TestRouter;
const calls = () => router.upstream.ledger.entries;

beforeAll(async () => {
  router = await startTestRouter({
    models: ["mock_t3000_i20_n5", "mock_d3000", "mock_e503_ra3000_true", "mock_e503_ra3000_false"],
    second: true,
    modelEntries: inOrder("cut", "mock_i5_n20_rst3", "mock_t3000_n20"),
  });
});
beforeEach(() => {
  router.upstream.ledger.clear();
  router.upstream2.ledger.clear();
});
afterAll(() => router.close());

async function expectNothingInFlight(): Promise<void> {
  await until(() => router.router.stats().inFlight === 0, "nothing is in flight");
  expect(await metricSum("vouch_router_in_flight_requests")).toBe(0);
}

/** Leaves once the upstream was asked; the script would have taken three seconds. */
async function leaveEarly(body: object): Promise<void> {
  const { leave } = beginCall(router, body);
  await until(() => calls().length === 1, "the upstream was asked");
  leave();
  await until(() => calls()[0]?.isAborted === true, "the upstream is let go");
  const [entry] = calls();
  expect((entry?.closedMs ?? 0) - (entry?.arrivedMs ?? 0)).toBeLessThan(2_500);
  await expectNothingInFlight();
}

test("a client that leaves before the first token closes the upstream at once", async () => {
  await leaveEarly(chatBody("mock_t3000_i20_n5", { stream: true }));
  expect(router.usage.at(-1)).toMatchObject({
    outcome: "cancelled",
    status: 499,
    completionTokens: 0,
    usageEstimated: true,
  });
});

test("so does one that waits for a whole answer", async () => {
  await leaveEarly(chatBody("mock_d3000"));
  expect(router.usage.at(-1)).toMatchObject({ outcome: "cancelled", status: 499, usageEstimated: true });
});

test("one that leaves while it sends its body never reaches an upstream", async () => {
  const socket = connect(Number(new URL(router.url).port), "127.0.0.1");
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TEST_KEY}\r\ncontent-length: 900\r\n\r\n{`,
  );
  await until(() => router.router.stats().inFlight === 1, "the router waits for the body");
  socket.destroy();
  await expectNothingInFlight();
  expect(calls()).toHaveLength(0);
});

for (const isStream of [true, false]) {
  test(`one that leaves while a ${isStream ? "stream" : "whole answer"} waits for its retry ends the wait`, async () => {
    const { leave } = beginCall(router, chatBody(`mock_e503_ra3000_${isStream}`, { stream: isStream }));
    await until(() => calls()[0]?.isComplete === true, "the upstream has refused");
    leave();
    await expectNothingInFlight();
    expect(calls()).toHaveLength(1);
  });
}

test("one that leaves while a second upstream is to continue closes that one", async () => {
  const { leave } = beginCall(router, chatBody("cut", { stream: true }));
  const second = () => router.upstream2.ledger.entries[0];
  await until(() => second() !== undefined, "the second upstream was asked to continue");
  leave();
  await until(() => second()?.isAborted === true, "the second upstream is let go");
  await expectNothingInFlight();
  expect(router.usage.slice(-2).map(({ outcome }) => outcome)).toEqual(["interrupted", "cancelled"]);
});

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { chatBody, postRaw } from "../test-client.ts";
import { startTestRouter, type TestRouter, until } from "../test-router.ts";
import { beginCall } from "./scenario.ts";

const TARGETS = 8;
const CONVERSATIONS = 100;
const TURNS = 10;
let router: TestRouter;

/** Places of one model; the ledger tells them apart by the upstream's name for it. */
const places = Array.from({ length: TARGETS }, (_, index) => `mock_n3_place${index}`);

beforeAll(async () => {
  const targets = places.map((name) => `      - { upstream: scripted, upstreamModel: ${name} }`).join("\n");
  router = await startTestRouter({
    modelEntries: `  - name: talk\n    kind: chat\n    policy: affinity\n    targets:\n${targets}`,
    settings: "retries: { max: 8, baseMs: 1 }\nbreaker: { failures: 3, openMs: 600000, maxOpenMs: 600000 }",
  });
});
beforeEach(() => router.upstream.ledger.clear());
afterAll(() => router.close());

interface Conversation {
  readonly messages: { role: string; content: string }[];
  /** Place that answered each turn. */
  readonly places: string[];
}

function newConversation(name: string): Conversation {
  const system = { role: "system", content: "The same instructions for everybody, long enough to matter." };
  return { messages: [system, { role: "user", content: `first question of ${name}` }], places: [] };
}

/** Asks the next question of a conversation and notes who answered. */
async function takeTurn({ messages, places }: Conversation): Promise<void> {
  const requestId = `turn-${crypto.randomUUID()}`;
  const body = { ...chatBody("talk", { stream: true }), messages };
  const headers = { "x-request-id": requestId };
  const answer = await postRaw(`${router.baseUrl}/chat/completions`, body, { headers });
  expect(answer.status).toBe(200);
  const row = router.usage.findLast((row) => row.requestId === requestId);
  places.push(row?.upstreamModel ?? "");
  messages.push({ role: "assistant", content: "tok0 tok1 tok2 " }, { role: "user", content: "and then?" });
}

/** Share of the turns after the first that the previous turn's place answered. */
function shareKept(conversations: readonly Conversation[]): number {
  const later = conversations.flatMap(({ places }) =>
    places.slice(1).map((place, at) => place === places[at]),
  );
  return later.filter(Boolean).length / later.length;
}

test("nine turns of ten go to the place that answered the turn before, and all places have work", async () => {
  const conversations = Array.from({ length: CONVERSATIONS }, (_, index) => newConversation(`talk ${index}`));
  for (let turn = 0; turn < TURNS; turn += 1) {
    // A batch at a time: ten conversations are on their way at once.
    for (let from = 0; from < CONVERSATIONS; from += 10)
      await Promise.all(conversations.slice(from, from + 10).map(takeTurn));
  }
  expect(shareKept(conversations)).toBeGreaterThanOrEqual(0.9);
  const firsts = conversations.map(({ places: [first] }) => first);
  expect(new Set(firsts).size).toBe(TARGETS);
});

test("a conversation whose place is busy is answered elsewhere", async () => {
  const conversation = newConversation("busy");
  await takeTurn(conversation);
  const [home = ""] = conversation.places;
  // Every place answers slowly now: the conversation's copies fill its own one and stay.
  for (const place of places) router.upstream.setFault(place, "mock_i200_n500");
  const copies = Array.from({ length: 6 }, () =>
    beginCall(router, { ...chatBody("talk", { stream: true }), messages: conversation.messages }),
  );
  const running = () => router.upstream.ledger.entries.filter(({ closedMs }) => closedMs === null);
  await until(() => running().length === 6, "the copies run");
  expect(running().filter(({ model }) => model === home).length).toBeGreaterThanOrEqual(2);
  for (const place of places) router.upstream.clearFault(place);
  await takeTurn(conversation);
  expect(conversation.places[1]).not.toBe(home);
  for (const { leave } of copies) leave();
  await until(() => router.router.stats().inFlight === 0, "nothing is in flight");
});

test("when a place fails, its conversations move and the others stay", async () => {
  const conversations = Array.from({ length: 40 }, (_, index) => newConversation(`moved ${index}`));
  for (const conversation of conversations) await takeTurn(conversation);
  const [gone = ""] = conversations[0]?.places ?? [];
  router.upstream.setFault(gone, "mock_e503");
  for (const conversation of conversations) await takeTurn(conversation);
  for (const { places } of conversations) {
    if (places[0] === gone) expect(places[1]).not.toBe(gone);
    else expect(places[1]).toBe(places[0]);
  }
  router.upstream.clearFault(gone);
});

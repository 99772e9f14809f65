import { afterAll, beforeAll, expect, it } from "vitest";
import { callRoute } from "@/app/api/collections/http-for-tests.ts";
import { createTestAccount, type TestAccount } from "@/lib/identity/accounts-for-tests.ts";
import { createOrganisation } from "@/lib/identity/index.ts";
import { startTestDatabase, type TestDatabase } from "@/lib/platform/db/test-database.ts";
import { createMemoryRateLimiter, setRateLimiter } from "@/lib/platform/rate-limit/index.ts";
import { GET, PATCH } from "./route.ts";

let db: TestDatabase;
let editor: TestAccount;
let member: TestAccount;

beforeAll(async () => {
  db = await startTestDatabase();
  setRateLimiter(createMemoryRateLimiter({ nowMs: () => 1_800_000_000_000 }));
  const orgId = await createOrganisation("Example");
  editor = await createTestAccount(orgId, "editor");
  member = await createTestAccount(orgId, "member");
});
afterAll(() => db.close());

const patch = (as: TestAccount, body: unknown) => callRoute(PATCH, { as, method: "PATCH", body });
const read = async (as: TestAccount) => (await callRoute(GET, { as })).json();

it("editors see when offline work starts next and how much waits, members only whether it runs", async () => {
  const tomorrow = new Date(Date.now() + 24 * 60 * 60_000).getUTCDay();
  const hours = { timeZone: "UTC", days: [tomorrow], from: "10:00", to: "10:30" };
  expect(await (await patch(editor, { hours })).json()).toMatchObject({
    isOpen: false,
    nextStartAt: expect.stringMatching(/T10:00:00.000Z$/),
    waitingDocuments: 0,
  });
  expect(await read(member)).toMatchObject({ isOpen: false, hours, waitingDocuments: null });
  await patch(editor, { isPaused: true });
  expect(await read(editor)).toMatchObject({ isOpen: false, isPaused: true, nextStartAt: null });
  await patch(editor, { isPaused: false, hours: null });
  expect(await read(editor)).toMatchObject({ isOpen: true, nextStartAt: null });
});

it("refuses members, days and zones that do not exist", async () => {
  expect((await patch(member, { isPaused: true })).status).toBe(403);
  const hours = { timeZone: "Europe/Berlin", days: [1], from: "22:00", to: "06:00" };
  for (const wrong of [{ days: [] }, { days: [7] }, { timeZone: "Mars/Olympus" }, { from: "24:00" }]) {
    expect((await patch(editor, { hours: { ...hours, ...wrong } })).status).toBe(400);
  }
});

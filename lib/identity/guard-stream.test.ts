import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { sseResponse } from "../platform/http/index.ts";
import { newId } from "../shared/ids.ts";
import { cookieFor, createTestAccount, type TestAccount } from "./accounts-for-tests.ts";
import { createApiKey, revokeApiKey } from "./api-keys.ts";
import { disableUser, setUserRole, signOutEverywhere } from "./change-user.ts";
import { createOrganisation } from "./create-organisation.ts";
import { handle } from "./handle.ts";
import { endSession } from "./sessions.ts";
import { checkAccess } from "./watch-access.ts";

let db: TestDatabase;
let orgId: string;
let admin: TestAccount;

beforeAll(async () => {
  db = await startTestDatabase();
  orgId = await createOrganisation("Example");
  admin = await createTestAccount(orgId, "admin");
});
afterAll(() => db.close());

/** Opens a stream that says one thing and then waits for as long as its signal lets it. */
async function openStream(headers: Record<string, string>, auth: "member" | "editor" | "public" = "member") {
  const seen = { ended: false };
  const route = handle({ auth, scope: "chat" }, async ({ signal }) => {
    async function* events() {
      try {
        yield { data: "first" };
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      } finally {
        seen.ended = true;
      }
    }
    return sseResponse(events(), { signal });
  });
  const response = await route(new Request("http://localhost/api/stream", { headers }));
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error("no body");
  expect((await reader.read()).value).toBe("data: first\n\n");
  return { reader, seen };
}

async function endsAfter(stream: Awaited<ReturnType<typeof openStream>>, work: () => Promise<unknown>) {
  const next = stream.reader.read();
  await checkAccess();
  expect(stream.seen.ended).toBe(false);
  await work();
  await checkAccess();
  expect((await next).done).toBe(true);
  await expect.poll(() => stream.seen.ended, { timeout: 20_000 }).toBe(true);
}

describe("an open stream", () => {
  it("ends when the account is closed", async () => {
    const account = await createTestAccount(orgId, "member");
    const other = await openStream({ cookie: admin.cookie });
    const stream = await openStream({ cookie: account.cookie });
    await endsAfter(stream, () => disableUser(admin.principal, account.principal.userId));
    expect(other.seen.ended).toBe(false);
    await other.reader.cancel();
  });

  it("ends when all sessions do", async () => {
    const account = await createTestAccount(orgId, "member");
    const stream = await openStream({ cookie: account.cookie }, "public");
    await endsAfter(stream, () => signOutEverywhere(account.principal, account.principal.userId));
  });

  it("ends when its session is signed out of, not when another of the person's is", async () => {
    const account = await createTestAccount(orgId, "member");
    const phone = { ...account.claims, sessionId: newId() };
    const other = await openStream({ cookie: await cookieFor(phone) });
    const stream = await openStream({ cookie: account.cookie });
    await endsAfter(stream, () => endSession(account.claims, "sign_out"));
    expect(other.seen.ended).toBe(false);
    await endsAfter(other, () => endSession(phone, "sign_out"));
  });

  it("ends when the role it needed is lost", async () => {
    const account = await createTestAccount(orgId, "editor");
    const stream = await openStream({ cookie: account.cookie }, "editor");
    await endsAfter(stream, () => setUserRole(admin.principal, account.principal.userId, "member"));
  });

  it("ends when its key is revoked, not when the owner signs out", async () => {
    const account = await createTestAccount(orgId, "member");
    const { key, id } = await createApiKey(account.principal, { name: "k" });
    const stream = await openStream({ authorization: `Bearer ${key}` });
    await signOutEverywhere(account.principal, account.principal.userId);
    await endsAfter(stream, () => revokeApiKey(account.principal, id));
  });

  it("is no longer watched when its reader left", async () => {
    const stream = await openStream({ cookie: admin.cookie });
    await stream.reader.cancel();
    await expect.poll(() => stream.seen.ended, { timeout: 20_000 }).toBe(true);
    const { vouchAccessWatchers } = globalThis as {
      vouchAccessWatchers?: { open: Set<unknown>; timer: unknown };
    };
    expect(vouchAccessWatchers).toMatchObject({ open: new Set(), timer: undefined });
  });
});

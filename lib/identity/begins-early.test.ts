import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { createMemoryRateLimiter, setRateLimiter } from "../platform/rate-limit/index.ts";
import { createTestAccount, type TestAccount } from "./accounts-for-tests.ts";
import { createApiKey, revokeApiKey } from "./api-keys.ts";
import { setUserRole } from "./change-user.ts";
import { createOrganisation } from "./create-organisation.ts";
import { handle } from "./handle.ts";

let db: TestDatabase;
let orgId: string;
let admin: TestAccount;

beforeAll(async () => {
  db = await startTestDatabase();
  orgId = await createOrganisation("Example");
  admin = await createTestAccount(orgId, "admin");
});
afterAll(() => db.close());
beforeEach(() => setRateLimiter(createMemoryRateLimiter({ nowMs: () => 1_800_000_000_000 })));

/** A route that begins early, and what its work was called with. */
function makeRoute(perMinute = 100) {
  const runs: { role: string; text: string; signal: AbortSignal }[] = [];
  let onRun = () => {};
  const route = handle(
    {
      auth: "member",
      scope: "search",
      body: z.object({ text: z.string() }),
      limit: { name: "early", perMinute },
      beginsEarly: true,
    },
    async ({ principal, body, signal }) => {
      runs.push({ role: principal.role, text: body.text, signal });
      onRun();
      return { role: principal.role, echo: body.text };
    },
  );
  const ask = async (headers: Record<string, string>, body: object = { text: "hello" }) => {
    const response = await route(
      new Request("http://localhost:3000/api/early", {
        method: "POST",
        headers: { "content-type": "application/json", "sec-fetch-site": "same-origin", ...headers },
        body: JSON.stringify(body),
      }),
    );
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const nextRun = () =>
    new Promise<void>((resolve) => {
      onRun = resolve;
    });
  return { runs, ask, nextRun };
}

async function makeKey() {
  const { id, key } = await createApiKey(admin.principal, { name: "early", scopes: ["search"] });
  return { id, headers: { authorization: `Bearer ${key}` } };
}

describe("a route that begins early", () => {
  it("begins for a caller of a moment ago before the check is over, once, and answers after it", async () => {
    const { runs, ask, nextRun } = makeRoute();
    const { headers } = await makeKey();
    await ask(headers);
    expect(runs).toHaveLength(1);
    // The check cannot end before this is let go.
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    setRateLimiter({
      consume: async () => {
        await gate;
        return { allowed: true, remaining: 1, retryAfterSeconds: 0 };
      },
    });
    const begun = nextRun();
    let isAnswered = false;
    const answer = ask(headers, { text: "again" }).finally(() => {
      isAnswered = true;
    });
    await begun;
    expect(isAnswered).toBe(false);
    open();
    expect(await answer).toEqual({ status: 200, body: { role: "admin", echo: "again" } });
    expect(runs).toHaveLength(2);
  });

  it("answers nothing to a key that was revoked since, ends the work, and begins no more for it", async () => {
    const { runs, ask } = makeRoute();
    const { id, headers } = await makeKey();
    await ask(headers);
    await revokeApiKey(admin.principal, id);
    const refused = await ask(headers);
    expect([refused.status, Object.keys(refused.body)]).toEqual([401, ["error"]]);
    expect(runs.slice(1).every(({ signal }) => signal.aborted)).toBe(true);
    const before = runs.length;
    expect((await ask(headers)).status).toBe(401);
    expect(runs).toHaveLength(before);
  });

  it("does the work again for the rights of now when they changed", async () => {
    const { runs, ask } = makeRoute();
    const person = await createTestAccount(orgId, "editor");
    const headers = { cookie: person.cookie };
    expect((await ask(headers)).body).toEqual({ role: "editor", echo: "hello" });
    await setUserRole(admin.principal, person.principal.userId, "member");
    expect((await ask(headers, { text: "now" })).body).toEqual({ role: "member", echo: "now" });
    expect(runs.map(({ role }) => role)).toEqual(["editor", "editor", "member"]);
  });

  it("refuses a session's request from another site, and a body that does not fit, as ever", async () => {
    const { ask } = makeRoute();
    const headers = { cookie: admin.cookie };
    await ask(headers);
    expect((await ask({ ...headers, "sec-fetch-site": "cross-site" })).status).toBe(403);
    await ask(headers);
    expect(await ask(headers, { text: 1 })).toMatchObject({
      status: 400,
      body: { error: { code: "invalid_request" } },
    });
  });

  it("begins nothing for who is over the limit", async () => {
    const { runs, ask } = makeRoute(2);
    const { headers } = await makeKey();
    const statuses: number[] = [];
    for (let time = 0; time < 5; time += 1) statuses.push((await ask(headers)).status);
    expect(statuses).toEqual([200, 200, 429, 429, 429]);
    // The one that met the limit had begun; those after it do not.
    expect(runs.length).toBeLessThanOrEqual(3);
  });
});

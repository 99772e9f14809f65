import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../../identity/schema.ts";
import { withSystem } from "../../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { newId } from "../../shared/ids.ts";
import { insertUsageAttempts } from "../queries/insert-usage-attempts.ts";
import type { UsageAttempt } from "../queries/usage-attempts.ts";
import { usageByDaySchema } from "../schema.ts";
import { findUsageByDay } from "./find-usage-by-day.ts";

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const principal: Principal = {
  orgId: newId(),
  userId: newId(),
  name: "Ada",
  email: null,
  role: "admin",
  isGuest: false,
  via: "session",
  scopes: [],
};
let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
  const { orgId, userId } = principal;
  await withSystem(async (transaction) => {
    await transaction.execute(sql`insert into organisation (id, name) values (${orgId}, 'Org')`);
    await transaction.execute(sql`insert into "user" (id, name) values (${userId}, 'Ada')`);
    await transaction.execute(
      sql`insert into membership (org_id, user_id, role) values (${orgId}, ${userId}, 'admin')`,
    );
  });
  await insertUsageAttempts([
    attempt({ requestId: "a", costMicros: 100 }),
    attempt({ requestId: "a", attempt: 2, costMicros: null }),
    attempt({ requestId: "b", costMicros: 50, cachedTokens: 4 }),
    attempt({ requestId: "c", model: "large", costMicros: 900 }),
    attempt({ requestId: "d", createdAt: new Date(NOW_MS - 24 * 60 * 60 * 1000) }),
    attempt({ requestId: "e", orgId: newId() }),
    attempt({ requestId: "f", createdAt: new Date(NOW_MS - 5 * 24 * 60 * 60 * 1000) }),
  ]);
});
afterAll(() => database.close());

function attempt(over: Partial<UsageAttempt>): UsageAttempt {
  return {
    id: newId(),
    orgId: principal.orgId,
    userId: principal.userId,
    apiKeyId: null,
    requestId: "r",
    attempt: 1,
    endpoint: "chat/completions",
    model: "small",
    upstream: "scripted",
    upstreamModel: "small",
    status: 200,
    outcome: "complete",
    errorCode: null,
    promptTokens: 10,
    cachedTokens: 0,
    completionTokens: 5,
    usageEstimated: false,
    costMicros: 1,
    firstTokenMs: null,
    totalMs: 1,
    createdAt: new Date(NOW_MS),
    ...over,
  };
}

describe("usage by day", () => {
  it("adds up attempts by day, person and model, and counts those whose cost is unknown", async () => {
    const found = usageByDaySchema.parse(await findUsageByDay(principal, 2, NOW_MS));
    expect(found.usage).toMatchObject([
      { day: "2026-11-21", model: "large", requests: 1, costMicros: 900, unpricedAttempts: 0 },
      {
        day: "2026-11-21",
        userName: "Ada",
        model: "small",
        requests: 2,
        attempts: 3,
        promptTokens: 30,
        cachedTokens: 4,
        completionTokens: 15,
        costMicros: 150,
        unpricedAttempts: 1,
      },
      { day: "2026-11-20", model: "small", requests: 1, costMicros: 1 },
    ]);
  });
});

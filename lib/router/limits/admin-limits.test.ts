import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKey, verifyAuditChain } from "../../identity/index.ts";
import type { Principal } from "../../identity/schema.ts";
import { withSystem } from "../../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { newId } from "../../shared/ids.ts";
import type { LimitDefaults } from "../config/router-config.ts";
import { insertUsageAttempts } from "../queries/insert-usage-attempts.ts";
import { limitsOverviewSchema } from "../schema.ts";
import { findLimits, removeLimits, setLimits } from "./admin-limits.ts";
import type { LeaseBackend, QuotaUse } from "./lease-backend.ts";

let testDatabase: TestDatabase;
let admin: Principal;
let foreigner: Principal;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  admin = await createAdministrator("Ada");
  foreigner = await createAdministrator("Olga");
});

afterAll(() => testDatabase.close());

async function createAdministrator(name: string): Promise<Principal> {
  const orgId = newId();
  const userId = newId();
  await withSystem(async (transaction) => {
    await transaction.execute(sql`insert into organisation (id, name) values (${orgId}, 'Org')`);
    await transaction.execute(sql`insert into "user" (id, name) values (${userId}, ${name})`);
    await transaction.execute(
      sql`insert into membership (org_id, user_id, role) values (${orgId}, ${userId}, 'admin')`,
    );
  });
  return { orgId, userId, name, email: null, role: "admin", isGuest: false, via: "session", scopes: [] };
}

const DEFAULTS: LimitDefaults = { user: { requestsPerMinute: 60 }, organisation: { concurrentStreams: 20 } };
const NOW_MS = Date.UTC(2026, 10, 21, 12);

/** Counters that hold these uses. */
function counters(...uses: QuotaUse[]): LeaseBackend {
  return {
    name: "database",
    take: () => Promise.reject(new Error("nothing is taken here")),
    read: async (quotas) => uses.filter(({ quota }) => quotas.some((asked) => asked.quota === quota)),
  };
}

async function overview(principal: Principal, backend: LeaseBackend = counters()) {
  const found = await findLimits(principal, { backend, defaults: DEFAULTS, nowMs: NOW_MS });
  limitsOverviewSchema.parse(found);
  return {
    ...found,
    subject: (type: string, id: string) =>
      found.subjects.find((candidate) => candidate.type === type && candidate.id === id),
  };
}

function spend(
  userId: string,
  apiKeyId: string | null,
  costMicros: number | null,
  createdAt: Date,
  routeDecision: string | null = null,
) {
  return insertUsageAttempts([
    {
      id: newId(),
      orgId: admin.orgId,
      userId,
      apiKeyId,
      requestId: newId(),
      attempt: 1,
      endpoint: "chat/completions",
      model: "mini",
      upstream: "east",
      upstreamModel: "mini",
      status: 200,
      outcome: "complete",
      errorCode: null,
      promptTokens: 10,
      cachedTokens: 0,
      completionTokens: 10,
      usageEstimated: false,
      costMicros,
      firstTokenMs: null,
      totalMs: 10,
      routeDecision,
      createdAt,
    },
  ]);
}

describe("the overview of limits", () => {
  it("names the organisation, its people and live keys, with the defaults in force", async () => {
    const key = await createApiKey(admin, { name: "Nightly" });
    const { defaults, month, subject } = await overview(admin);
    expect(month).toBe("2026-11");
    expect(defaults.user).toMatchObject({ requestsPerMinute: 60, tokensPerMinute: null });
    expect(subject("organisation", admin.orgId)?.effective.concurrentStreams).toBe(20);
    expect(subject("user", admin.userId)).toMatchObject({ name: "Ada", set: null });
    expect(subject("user", admin.userId)?.effective.requestsPerMinute).toBe(60);
    expect(subject("key", key.id)?.effective.requestsPerMinute).toBeNull();
    expect(subject("user", foreigner.userId)).toBeUndefined();
  });

  it("shows what is used of a limit, nothing of a window that is over, and null where nothing is counted", async () => {
    const use = (endsAtMs: number) =>
      counters({ quota: `user:${admin.userId}:requests`, taken: 12, held: 4, endsAtMs });
    const running = (await overview(admin, use(NOW_MS + 1))).subject("user", admin.userId);
    expect(running?.used).toMatchObject({ requestsPerMinute: 12, tokensPerMinute: null });
    const over = (await overview(admin, use(NOW_MS))).subject("user", admin.userId);
    expect(over?.used.requestsPerMinute).toBe(0);
    const streams = counters({
      quota: `organisation:${admin.orgId}:streams`,
      taken: 0,
      held: 3,
      endsAtMs: null,
    });
    const together = (await overview(admin, streams)).subject("organisation", admin.orgId);
    expect(together?.used.concurrentStreams).toBe(3);
  });

  it("adds up what was spent this month, by person and by key; unknown costs, shadows and other months are not in it", async () => {
    const key = await createApiKey(admin, { name: "Spender" });
    await spend(admin.userId, key.id, 700, new Date(NOW_MS - 60_000));
    await spend(admin.userId, null, 40, new Date(Date.UTC(2026, 10, 1)));
    await spend(admin.userId, null, null, new Date(NOW_MS - 60_000));
    await spend(admin.userId, null, 5_000, new Date(NOW_MS - 60_000), "shadow");
    await spend(admin.userId, null, 9_000, new Date(Date.UTC(2026, 9, 31, 23, 59)));
    const first = await overview(admin);
    const again = await overview(admin);
    for (const { subject } of [first, again]) {
      expect(subject("key", key.id)?.used.monthlyBudgetMicros).toBe(700);
      expect(subject("user", admin.userId)?.used.monthlyBudgetMicros).toBe(740);
      expect(subject("organisation", admin.orgId)?.used.monthlyBudgetMicros).toBe(740);
    }
  });
});

describe("setting limits", () => {
  const deps = { backend: counters(), defaults: DEFAULTS, nowMs: NOW_MS };

  it("puts them over the defaults until they are taken away, and both are in the audit log", async () => {
    const me = { type: "user", id: admin.userId } as const;
    const changed = await setLimits(
      admin,
      me,
      { requestsPerMinute: null, monthlyBudgetMicros: 5_000_000 },
      deps,
    );
    expect(changed.set).toEqual({ requestsPerMinute: null, monthlyBudgetMicros: 5_000_000 });
    expect(changed.effective).toMatchObject({ requestsPerMinute: null, monthlyBudgetMicros: 5_000_000 });
    await removeLimits(admin, me);
    await removeLimits(admin, me);
    const { subject } = await overview(admin);
    expect(subject("user", admin.userId)).toMatchObject({ set: null, effective: { requestsPerMinute: 60 } });
    const rows = await withSystem((transaction) =>
      transaction.execute<{ action: string }>(
        sql`select action from audit_event where org_id = ${admin.orgId} and subject_id = ${admin.userId}
            order by sequence`,
      ),
    );
    expect(rows.map(({ action }) => action)).toEqual(["limit.set", "limit.remove"]);
    expect(await verifyAuditChain(admin.orgId)).toMatchObject({ ok: true });
  });

  it("answers for another organisation's people, keys and itself as for ones that do not exist", async () => {
    for (const subject of [
      { type: "user", id: foreigner.userId },
      { type: "organisation", id: foreigner.orgId },
      { type: "key", id: newId() },
    ] as const) {
      await expect(setLimits(admin, subject, { tokensPerMinute: 1 }, deps)).rejects.toMatchObject({
        code: "not_found",
      });
      await expect(removeLimits(admin, subject)).rejects.toMatchObject({ code: "not_found" });
    }
  });
});

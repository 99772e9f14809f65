import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withSystem, withTenant } from "../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { newId } from "../shared/ids.ts";
import { createOrganisation } from "./create-organisation.ts";
import { recordAudit, recordAudits } from "./record-audit.ts";
import { verifyAuditChain } from "./verify-audit-chain.ts";

let db: TestDatabase;
let orgId: string;

beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  orgId = await createOrganisation("Example");
});

async function record(count: number, organisation = orgId): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      withTenant({ orgId: organisation }, (transaction) =>
        recordAudit(
          transaction,
          { orgId: organisation, userId: newId() },
          {
            action: "thing.change",
            subjectType: "thing",
            subjectId: String(index),
            detail: { b: index, a: "ü", c: null, d: 0.5 },
          },
        ),
      ),
    ),
  );
}

const tamper = (statement: ReturnType<typeof sql>) =>
  withSystem((transaction) => transaction.execute(statement));

describe("the audit chain", () => {
  it("is whole after many deeds at the same moment, each organisation having its own", async () => {
    const other = await createOrganisation("Other");
    await Promise.all([record(12), record(5, other)]);
    expect(await verifyAuditChain(orgId)).toMatchObject({ ok: true, count: 12, head: { sequence: 12 } });
    expect(await verifyAuditChain(other)).toMatchObject({ ok: true, count: 5 });
  });

  it("is whole when several deeds share a transaction, in their order, beside others at the same moment", async () => {
    const together = withTenant({ orgId }, (transaction) =>
      recordAudits(
        transaction,
        orgId,
        ["first", "second", "third"].map((subjectId) => ({
          userId: null,
          action: "thing.add",
          subjectType: "thing",
          subjectId,
        })),
      ),
    );
    await Promise.all([record(4), together]);
    expect(await verifyAuditChain(orgId)).toMatchObject({ ok: true, count: 7, head: { sequence: 7 } });
    const rows = await withSystem((transaction) =>
      transaction.execute<{ subject: string }>(sql`
        select subject_id as subject from audit_event where org_id = ${orgId} and action = 'thing.add' order by sequence`),
    );
    expect(rows.map(({ subject }) => subject)).toEqual(["first", "second", "third"]);
  });

  it("of an organisation without deeds is whole and empty", async () => {
    expect(await verifyAuditChain(orgId)).toEqual({ ok: true, count: 0, head: null });
  });

  it("holds over more rows than are read at once", async () => {
    for (let round = 0; round < 6; round += 1) await record(100);
    expect(await verifyAuditChain(orgId)).toMatchObject({ ok: true, count: 600 });
  });

  it.each([
    ["the action", sql`action = 'thing.other'`],
    ["the actor", sql`actor_id = ${newId()}`],
    ["a detail", sql`detail = jsonb_set(detail, '{b}', '7')`],
    ["the time", sql`created_at = created_at + interval '1 second'`],
    ["the subject", sql`subject_id = null`],
  ])("shows that %s was altered", async (_what, change) => {
    await record(4);
    await tamper(sql`update audit_event set ${change} where org_id = ${orgId} and sequence = 3`);
    expect(await verifyAuditChain(orgId)).toEqual({ ok: false, count: 2, brokenAt: 3, reason: "hash" });
  });

  it("shows that a row was taken out, with the gap closed or open", async () => {
    await record(4);
    await tamper(sql`delete from audit_event where org_id = ${orgId} and sequence = 2`);
    expect(await verifyAuditChain(orgId)).toMatchObject({ ok: false, brokenAt: 2, reason: "gap" });
    await tamper(sql`update audit_event set sequence = 2 where org_id = ${orgId} and sequence = 3`);
    expect(await verifyAuditChain(orgId)).toMatchObject({ ok: false, brokenAt: 2, reason: "link" });
  });

  it("shows that its end was cut off to those who noted the head", async () => {
    await record(4);
    const whole = await verifyAuditChain(orgId);
    if (!whole.ok || whole.head === null) throw new Error("the chain is broken");
    await record(1);
    expect(await verifyAuditChain(orgId, whole.head)).toMatchObject({ ok: true, count: 5 });
    await tamper(sql`delete from audit_event where org_id = ${orgId} and sequence >= 4`);
    expect(await verifyAuditChain(orgId)).toMatchObject({ ok: true, count: 3 });
    expect(await verifyAuditChain(orgId, whole.head)).toMatchObject({ ok: false, reason: "tail" });
  });

  it("takes the row back with the deed when the transaction fails", async () => {
    const failing = withTenant({ orgId }, async (transaction) => {
      await recordAudit(
        transaction,
        { orgId, userId: null },
        { action: "thing.change", subjectType: "thing", subjectId: null },
      );
      throw new Error("deed failed");
    });
    await expect(failing).rejects.toThrow("deed failed");
    expect(await verifyAuditChain(orgId)).toMatchObject({ count: 0 });
  });

  it("cannot be changed by a tenant", async () => {
    await record(1);
    const change = withTenant({ orgId }, (transaction) =>
      transaction.execute(sql`update audit_event set action = 'thing.other'`),
    );
    await expect(change).rejects.toMatchObject({ cause: { code: "42501" } });
  });
});

import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { database, withStreamLog, withSystem, withTenant } from "../lib/platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../lib/platform/db/test-database.ts";
import { newId } from "../lib/shared/ids.ts";

let testDatabase: TestDatabase;
const orgs = [newId(), newId()] as const;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  await withSystem(async (transaction) => {
    for (const org of orgs) {
      await transaction.execute(sql`insert into organisation (id, name) values (${org}, 'Org')`);
      await transaction.execute(
        sql`insert into collection (id, org_id, name, visibility) values (${newId()}, ${org}, 'C', 'organisation')`,
      );
    }
  });
});

afterAll(() => testDatabase.close());

describe("row-level security", () => {
  it("is on, forced and has a policy for the tenant role on every table with an organisation", async () => {
    const open = await database().drizzle.execute(sql`
      select c.relname from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
        and not (
          c.relrowsecurity and c.relforcerowsecurity and exists (
            select from pg_policies p
            where p.schemaname = 'public' and p.tablename = c.relname and 'vouch_app' = any (p.roles)
              and p.qual like '%app.org%' and p.with_check like '%app.org%'
          )
        )`);
    expect(Array.from(open)).toEqual([]);
  });

  it("covers every table: one without an organisation is on the list of those that have none", async () => {
    const tables = await database().drizzle.execute<{ relname: string }>(sql`
      select c.relname from pg_class c
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
        and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id')
      order by 1`);
    expect(tables.map(({ relname }) => relname)).toEqual([
      "ended_session",
      "organisation",
      "user",
      "vector_space",
    ]);
  });

  it("gives the roles neither superuser nor bypass nor ownership", async () => {
    const [roles] = await database().drizzle.execute<{ count: string }>(sql`
      select count(*) from pg_roles r where r.rolname like 'vouch_%' and (
        r.rolsuper or r.rolbypassrls or r.rolcanlogin
        or exists (select from pg_class c where c.relowner = r.oid))`);
    expect(Number(roles?.count)).toBe(0);
  });

  it("shows a tenant its own rows only, whatever the query forgets to ask", async () => {
    for (const org of orgs) {
      const rows = await withTenant({ orgId: org }, (transaction) =>
        transaction.execute<{ org_id: string }>(sql`select org_id from collection`),
      );
      expect(rows.map(({ org_id }) => org_id)).toEqual([org]);
    }
  });

  it("refuses a row of another tenant", async () => {
    const [own, foreign] = orgs;
    const insert = withTenant({ orgId: own }, (transaction) =>
      transaction.execute(
        sql`insert into collection (id, org_id, name, visibility) values (${newId()}, ${foreign}, 'X', 'private')`,
      ),
    );
    await expect(insert).rejects.toMatchObject({ cause: { code: "42501" } });
  });

  it("leaves neither role nor organisation behind for the next transaction", async () => {
    await withTenant({ orgId: orgs[0] }, (transaction) => transaction.execute(sql`select 1`));
    const [after] = await database().drizzle.execute<{ role: string; org: string | null }>(
      sql`select current_user as role, current_setting('app.org', true) as org`,
    );
    expect(after?.role).not.toBe("vouch_app");
    expect(after?.org ?? "").toBe("");
  });

  it("lets the stream role append and read events, and nothing else", async () => {
    await expect(
      withStreamLog((transaction) => transaction.execute(sql`select * from collection`)),
    ).rejects.toMatchObject({ cause: { code: "42501" } });
    await expect(
      withStreamLog((transaction) => transaction.execute(sql`delete from generation_event`)),
    ).rejects.toMatchObject({ cause: { code: "42501" } });
  });

  it("keeps the tenant role away from accounts and from rewriting the audit log", async () => {
    for (const statement of [
      sql`select * from "user"`,
      sql`update audit_event set action = 'x'`,
      sql`delete from audit_event`,
    ]) {
      await expect(
        withTenant({ orgId: orgs[0] }, (transaction) => transaction.execute(statement)),
      ).rejects.toMatchObject({ cause: { code: "42501" } });
    }
  });
});

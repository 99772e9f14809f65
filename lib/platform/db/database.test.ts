import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collection } from "../../../drizzle/schema/knowledge.ts";
import { newId } from "../../shared/ids.ts";
import { connectDatabase } from "./connect.ts";
import { database, setDatabase, withSystem, withTenant } from "./index.ts";
import { startTestDatabase, type TestDatabase } from "./test-database.ts";

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

const roleAndOrg = sql`select current_user::text as role, current_setting('app.org') as org, ${1}::integer as one`;

describe("a tenant's transaction", () => {
  it("has its role and organisation before its first statement, on new connections and many at once", async () => {
    const before = database();
    const fresh = connectDatabase(before.address);
    setDatabase(fresh);
    try {
      const seen = await Promise.all(
        Array.from({ length: 24 }, async (_, index) => {
          const orgId = orgs[index % 2] ?? "";
          const [row] = await withTenant({ orgId }, (transaction) => transaction.execute(roleAndOrg));
          return row?.role === "vouch_app" && row.org === orgId;
        }),
      );
      expect(seen).toEqual(Array.from({ length: 24 }, () => true));
    } finally {
      setDatabase(before);
      await fresh.close();
    }
  });

  it("sees its own rows alone in whatever form it asks, also for reading only", async () => {
    for (const readOnly of [false, true]) {
      const [raw, built, both] = await Promise.all([
        withTenant({ orgId: orgs[0] }, (t) => t.execute(sql`select org_id from collection`), { readOnly }),
        withTenant({ orgId: orgs[0] }, async (t) => t.select({ org: collection.orgId }).from(collection), {
          readOnly,
        }),
        withTenant(
          { orgId: orgs[0] },
          async (t) =>
            Promise.all([
              t.$count(collection),
              t.select().from(collection).where(eq(collection.orgId, orgs[1])),
            ]),
          { readOnly },
        ),
      ]);
      expect(Array.from(raw)).toEqual([{ org_id: orgs[0] }]);
      expect(built).toEqual([{ org: orgs[0] }]);
      expect(both).toEqual([1, []]);
    }
  });

  it("that may only read refuses to write", async () => {
    const write = withTenant({ orgId: orgs[0] }, (t) => t.execute(sql`delete from collection`), {
      readOnly: true,
    });
    await expect(write).rejects.toMatchObject({ cause: { code: "25006" } });
  });

  it("does nothing when its opening fails", async () => {
    // A zero byte is no text for PostgreSQL: the organisation cannot be set.
    const id = newId();
    const work = withTenant({ orgId: "\u0000" }, (t) =>
      t.execute(sql`insert into organisation (id, name) values (${id}, 'Never')`),
    );
    await expect(work).rejects.toThrow(/invalid byte sequence|0x00/);
    const rows = await withSystem((t) => t.execute(sql`select 1 from organisation where id = ${id}`));
    expect(rows).toHaveLength(0);
  });
});

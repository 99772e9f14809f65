import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../shared/ids.ts";
import { database, readSystem, readTenant, withSystem } from "./index.ts";
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

describe("a read in one round trip", () => {
  it("sees the tenant's rows only, whatever the statement forgets to ask, also many at once", async () => {
    const found = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const orgId = orgs[index % 2] ?? "";
        const rows = await readTenant<{ org_id: string; name: string }>(
          { orgId },
          sql`select org_id, ${`n${index}`} as name from collection`,
        );
        return rows.length === 1 && rows[0]?.org_id === orgId && rows[0].name === `n${index}`;
      }),
    );
    expect(found).toEqual(Array.from({ length: 40 }, () => true));
  });

  it("runs with the settings it was given and leaves nothing behind", async () => {
    const current = sql`select current_user::text as role, current_setting('enable_sort') as sort,
      coalesce(current_setting('app.org', true), '') as org, ${1}::integer as one`;
    expect(await readTenant({ orgId: orgs[0] }, current, { enable_sort: "off" })).toMatchObject([
      { role: "vouch_app", sort: "off", org: orgs[0] },
    ]);
    const [after] = await database().drizzle.execute(current);
    expect(after).toMatchObject({ sort: "on", org: "" });
    expect(after?.role).not.toBe("vouch_app");
  });

  it("cannot write, nor read what the tenant role may not", async () => {
    for (const [statement, code] of [
      [
        sql`insert into collection (id, org_id, name, visibility)
        values (${newId()}, ${orgs[0]}, 'X', 'private') returning id`,
        "25006",
      ],
      [sql`select * from "user"`, "42501"],
      [sql`select 1 / ${0}::integer`, "22012"],
    ] as const) {
      await expect(readTenant({ orgId: orgs[0] }, statement)).rejects.toMatchObject({ code });
    }
    // The connection that met the error serves the next one.
    for (let round = 0; round < 8; round += 1) {
      expect(await readTenant({ orgId: orgs[1] }, sql`select 1 as one`)).toEqual([{ one: 1 }]);
    }
  });

  it("sees every organisation as the system, bound to none, and still cannot write", async () => {
    const rows = await readSystem<{ role: string; org: string; count: number }>(
      sql`select current_user::text as role, coalesce(current_setting('app.org', true), '') as org,
        (select count(*)::integer from collection where org_id in (${orgs[0]}, ${orgs[1]})) as count`,
    );
    expect(rows).toEqual([{ role: "vouch_system", org: "", count: 2 }]);
    await expect(readSystem(sql`delete from collection where false`)).rejects.toMatchObject({
      code: "25006",
    });
  });

  it("gives no row of a statement that ended the transaction around itself", async () => {
    await expect(readTenant({ orgId: orgs[0] }, sql`commit`)).rejects.toThrow();
  });

  it("takes ids and plain settings only", async () => {
    await expect(readTenant({ orgId: "x'; drop table chunk; --" }, sql`select 1`)).rejects.toThrow(TypeError);
    await expect(
      readTenant({ orgId: orgs[0] }, sql`select 1`, { "app.x": "'); drop table chunk; --" }),
    ).rejects.toThrow(TypeError);
  });
});

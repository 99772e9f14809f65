import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  PUT as putAccess,
  DELETE as removeAccess,
} from "@/app/api/collections/[id]/access/[userId]/route.ts";
import { GET as getAccess } from "@/app/api/collections/[id]/access/route.ts";
import { GET as getPeople } from "@/app/api/collections/[id]/people/route.ts";
import { GET as getCollection, PATCH as patchCollection } from "@/app/api/collections/[id]/route.ts";
import { callRoute } from "@/app/api/collections/http-for-tests.ts";
import { createTestAccount, type TestAccount } from "@/lib/identity/accounts-for-tests.ts";
import { createOrganisation, verifyAuditChain } from "@/lib/identity/index.ts";
import { createCollection } from "@/lib/knowledge/index.ts";
import type { AccessLevel, CollectionAccess } from "@/lib/knowledge/schema.ts";
import { withSystem } from "@/lib/platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "@/lib/platform/db/test-database.ts";
import { createMemoryRateLimiter, setRateLimiter } from "@/lib/platform/rate-limit/index.ts";
import { newId } from "@/lib/shared/ids.ts";

type Person = "owner" | "manager" | "writer" | "reader" | "stranger" | "admin" | "foreigner" | "guest";

let db: TestDatabase;
let orgId: string;
const people = {} as Record<Person, TestAccount>;
let collectionId: string;

beforeAll(async () => {
  db = await startTestDatabase();
  orgId = await createOrganisation("Example");
  const foreignOrgId = await createOrganisation("Elsewhere");
  for (const name of ["owner", "reader", "writer", "stranger", "guest"] as const)
    people[name] = await createTestAccount(orgId, "member");
  people.manager = await createTestAccount(orgId, "editor");
  people.admin = await createTestAccount(orgId, "admin");
  people.foreigner = await createTestAccount(foreignOrgId, "admin");
  await withSystem((transaction) =>
    transaction.execute(sql`update "user" set is_guest = true where id = ${people.guest.principal.userId}`),
  );
});
afterAll(() => db.close());
beforeEach(async () => {
  setRateLimiter(createMemoryRateLimiter({ nowMs: () => 1_800_000_000_000 }));
  collectionId = await makeCollection("private");
});

const idOf = (person: Person) => people[person].principal.userId;

async function makeCollection(visibility: "private" | "organisation"): Promise<string> {
  const owner = visibility === "private" ? people.owner : people.manager;
  const { id } = await createCollection(owner.principal, { name: "Files", description: "", visibility });
  for (const [person, level] of [
    ["manager", "manage"],
    ["writer", "write"],
    ["reader", "read"],
  ] as const) {
    if (owner !== people[person]) await put(owner, id, idOf(person), level);
  }
  return id;
}

function put(as: TestAccount, id: string, userId: string, level: AccessLevel): Promise<Response> {
  return callRoute(putAccess, { as, method: "PUT", params: { id, userId }, body: { level } });
}

function remove(as: TestAccount, id: string, userId: string): Promise<Response> {
  return callRoute(removeAccess, { as, method: "DELETE", params: { id, userId } });
}

async function accessOf(as: TestAccount, id = collectionId): Promise<CollectionAccess> {
  return (await callRoute(getAccess, { as, params: { id } })).json() as Promise<CollectionAccess>;
}

async function levelOf(person: Person, id = collectionId): Promise<string | number> {
  const answer = await callRoute(getCollection, { as: people[person], params: { id } });
  return answer.ok ? ((await answer.json()) as { level: string }).level : answer.status;
}

describe("the access list of a private collection", () => {
  const matrix: readonly (readonly [Person, number])[] = [
    ["owner", 200],
    ["manager", 200],
    ["writer", 403],
    ["reader", 403],
    ["stranger", 404],
    ["admin", 404],
    ["foreigner", 404],
    ["guest", 404],
  ];

  it.each(matrix)("answers %s with %i on every address", async (person, status) => {
    const as = people[person];
    const params = { id: collectionId, userId: idOf("stranger") };
    const answers = [
      await callRoute(getAccess, { as, params: { id: collectionId } }),
      await callRoute(getPeople, { as, params: { id: collectionId }, query: "?q=some" }),
      await put(as, collectionId, idOf("stranger"), "read"),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([status, status, status]);
    const removed = await callRoute(removeAccess, { as, method: "DELETE", params });
    expect(removed.status).toBe(status === 200 ? 204 : status);
  });

  it("answers a foreign collection exactly as a missing one", async () => {
    const missing = newId();
    for (const id of [collectionId, missing]) {
      const as = people.foreigner;
      const bodies = await Promise.all(
        [
          await callRoute(getAccess, { as, params: { id } }),
          await callRoute(getPeople, { as, params: { id }, query: "?q=some" }),
          await put(as, id, idOf("foreigner"), "manage"),
          await remove(as, id, idOf("reader")),
        ].map(async (answer) => [answer.status, ((await answer.json()) as { error: object }).error]),
      );
      for (const body of bodies) expect(body).toEqual([404, expect.objectContaining({ code: "not_found" })]);
    }
    expect(await levelOf("reader")).toBe("read");
  });

  it("needs a sign-in", async () => {
    const answer = await callRoute(getAccess, { as: null, params: { id: collectionId } });
    expect(answer.status).toBe(401);
  });
});

describe("a change of access", () => {
  it("acts on the person's next request, upwards and downwards", async () => {
    expect(await levelOf("stranger")).toBe(404);
    for (const level of ["read", "write", "manage", "read"] as const) {
      expect((await put(people.manager, collectionId, idOf("stranger"), level)).status).toBe(200);
      expect(await levelOf("stranger")).toBe(level);
    }
    expect((await remove(people.manager, collectionId, idOf("stranger"))).status).toBe(204);
    expect(await levelOf("stranger")).toBe(404);
  });

  it("is refused for people of other organisations, guests, closed accounts and nobody at all", async () => {
    const closed = await createTestAccount(orgId, "member");
    await withSystem((transaction) =>
      transaction.execute(sql`update "user" set disabled_at = now() where id = ${closed.principal.userId}`),
    );
    for (const userId of [idOf("foreigner"), idOf("guest"), closed.principal.userId, newId()]) {
      expect((await put(people.owner, collectionId, userId, "read")).status).toBe(404);
    }
    expect((await remove(people.owner, collectionId, newId())).status).toBe(404);
    expect((await accessOf(people.owner)).entries).toHaveLength(3);
  });

  it("cannot touch the owner, who always manages", async () => {
    const answer = await put(people.manager, collectionId, idOf("owner"), "read");
    expect(answer.status).toBe(409);
    expect((await remove(people.manager, collectionId, idOf("owner"))).status).toBe(404);
    expect(await levelOf("owner")).toBe("manage");
  });

  it("takes the rights of whoever changes their own line at once", async () => {
    expect((await remove(people.manager, collectionId, idOf("manager"))).status).toBe(204);
    expect((await put(people.manager, collectionId, idOf("stranger"), "read")).status).toBe(404);
  });

  it("stays without effect on what role and visibility give", async () => {
    const id = await makeCollection("organisation");
    expect(await levelOf("stranger", id)).toBe("read");
    expect(await levelOf("admin", id)).toBe("manage");
    await put(people.manager, id, idOf("stranger"), "write");
    expect(await levelOf("stranger", id)).toBe("write");
    await remove(people.manager, id, idOf("stranger"));
    expect(await levelOf("stranger", id)).toBe("read");
    const hidden = { visibility: "private" };
    await callRoute(patchCollection, { as: people.manager, method: "PATCH", params: { id }, body: hidden });
    expect(await levelOf("stranger", id)).toBe(404);
    expect(await levelOf("admin", id)).toBe(404);
    expect(await levelOf("reader", id)).toBe("read");
  });

  it("refuses guests, also in a collection of their own", async () => {
    const own = await createCollection(people.guest.principal, {
      name: "Mine",
      description: "",
      visibility: "private",
    });
    expect(await levelOf("guest", own.id)).toBe("manage");
    const answer = await callRoute(getPeople, { as: people.guest, params: { id: own.id }, query: "?q=some" });
    expect(answer.status).toBe(403);
    expect((await put(people.guest, own.id, idOf("stranger"), "read")).status).toBe(403);
  });
});

describe("what the list shows", () => {
  it("names owner, people, levels and the latest changes, newest first", async () => {
    await put(people.owner, collectionId, idOf("reader"), "write");
    await put(people.owner, collectionId, idOf("reader"), "write");
    await remove(people.manager, collectionId, idOf("writer"));
    const access = await accessOf(people.manager);
    expect(access.owner).toMatchObject({ userId: idOf("owner"), email: people.owner.email });
    expect(access.entries.map(({ userId, level }) => [userId, level])).toEqual([
      [idOf("manager"), "manage"],
      [idOf("reader"), "write"],
    ]);
    expect(access.changes.map(({ action, level }) => [action, level])).toEqual([
      ["collection_access.remove", null],
      ["collection_access.set", "write"],
      ["collection_access.set", "read"],
      ["collection_access.set", "write"],
      ["collection_access.set", "manage"],
      ["collection.create", null],
    ]);
    expect(access.changes[0]).toMatchObject({ actor: "Some editor", person: "Some member" });
    expect(await verifyAuditChain(orgId)).toMatchObject({ ok: true });
  });

  it("offers open accounts by name or address, without those who are on it, and takes % and _ as they are", async () => {
    const offer = async (words: string) => {
      const query = `?q=${encodeURIComponent(words)}`;
      const answer = await callRoute(getPeople, { as: people.owner, params: { id: collectionId }, query });
      return ((await answer.json()) as { people: { userId: string }[] }).people.map(({ userId }) => userId);
    };
    expect((await offer("SOME")).toSorted()).toEqual([idOf("stranger"), idOf("admin")].toSorted());
    expect(await offer(people.stranger.email)).toEqual([idOf("stranger")]);
    expect(await offer(people.foreigner.email)).toEqual([]);
    for (const wildcard of ["%", "_ome", "\\"]) expect(await offer(wildcard)).toEqual([]);
  });
});

import { type SQL, sql } from "drizzle-orm";
import type { Principal } from "../../identity/schema.ts";

/** Who reads or writes: a person, or the program itself on behalf of an organisation (ingestion, seeding). */
export type Reader = Pick<Principal, "orgId" | "userId" | "role">;

/**
 * What the reader may do with the collection `c`, joined with the access list as `a` by {@link accessJoin}: `manage`,
 * `write`, `read` or NULL. Owners manage; administrators manage and editors write what belongs to the organisation;
 * every member reads it; private collections are seen by their owner and the access list alone.
 */
export function accessLevel(reader: Reader): SQL<"read" | "write" | "manage" | null> {
  const isAdmin = reader.role === "admin";
  const isEditor = isAdmin || reader.role === "editor";
  return sql`case
    when c.owner_id = ${reader.userId} or a.level = 'manage' or (${isAdmin} and c.visibility = 'organisation')
      then 'manage'
    when a.level = 'write' or (${isEditor} and c.visibility = 'organisation') then 'write'
    when a.level = 'read' or c.visibility = 'organisation' then 'read'
  end`;
}

/** Joins the reader's line of the access list. */
export function accessJoin(reader: Reader): SQL {
  return sql`left join collection_access a
    on a.org_id = c.org_id and a.collection_id = c.id and a.user_id = ${reader.userId}`;
}

/** Ids of the collections the reader may read, as a subquery; `only` narrows them. */
export function readableCollections(reader: Reader, only?: readonly string[]): SQL {
  return sql`select c.id from collection c ${accessJoin(reader)}
    where c.org_id = ${reader.orgId} and (${accessLevel(reader)}) is not null
    ${only === undefined || only.length === 0 ? sql`` : sql`and c.id = any(${uuidArray(only)}::uuid[])`}`;
}

/**
 * Whether a row of `chunk` or `chunk_vector` named `c` is visible: its version is not still building, no version that
 * is active has retired it, and its document is not being deleted. The arrays are read once per statement and small.
 */
export function isVisible(scope: Pick<Reader, "orgId">): SQL {
  const building = sql`array(select id from document_version where org_id = ${scope.orgId} and state = 'building')`;
  return sql`c.version_id <> all(${building}) and (c.retired_by is null or c.retired_by = any(${building}))
    and c.document_id <> all(array(select id from document where org_id = ${scope.orgId} and state = 'deleting'))`;
}

/** A list of ids as one parameter. */
export function uuidArray(ids: readonly string[]): string {
  return `{${ids.join(",")}}`;
}

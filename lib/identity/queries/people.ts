import { and, asc, eq, ilike, inArray, isNull, or } from "drizzle-orm";
import { membership, user } from "../../../drizzle/schema/identity.ts";
import { withSystem } from "../../platform/db/index.ts";

/** A member as others of the organisation see them. */
export interface PersonRow {
  readonly userId: string;
  readonly name: string;
  readonly email: string | null;
  readonly isGuest: boolean;
  readonly isClosed: boolean;
}

const columns = {
  userId: user.id,
  name: user.name,
  email: user.email,
  isGuest: user.isGuest,
  disabledAt: user.disabledAt,
};

function toPerson({ disabledAt, ...row }: Omit<PersonRow, "isClosed"> & { disabledAt: Date | null }) {
  return { ...row, isClosed: disabledAt !== null };
}

/** Members of the organisation among these ids. */
export async function findPersonRows(orgId: string, userIds: readonly string[]): Promise<PersonRow[]> {
  const rows = await withSystem((transaction) =>
    transaction
      .select(columns)
      .from(membership)
      .innerJoin(user, eq(user.id, membership.userId))
      .where(and(eq(membership.orgId, orgId), inArray(membership.userId, [...userIds]))),
  );
  return rows.map(toPerson);
}

/** Open accounts whose name or address holds the words. */
export async function searchPersonRows(orgId: string, search: string, limit: number): Promise<PersonRow[]> {
  const pattern = `%${search.trim().replaceAll(/[\\%_]/g, "\\$&")}%`;
  const rows = await withSystem((transaction) =>
    transaction
      .select(columns)
      .from(membership)
      .innerJoin(user, eq(user.id, membership.userId))
      .where(
        and(
          eq(membership.orgId, orgId),
          eq(user.isGuest, false),
          isNull(user.disabledAt),
          or(ilike(user.name, pattern), ilike(user.email, pattern)),
        ),
      )
      .orderBy(asc(user.name), asc(user.id))
      .limit(limit),
  );
  return rows.map(toPerson);
}

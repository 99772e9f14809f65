import { and, asc, count, eq, isNull, type SQL, sql } from "drizzle-orm";
import { membership, user } from "../../../drizzle/schema/identity.ts";
import { type Transaction, withSystem } from "../../platform/db/index.ts";
import type { Role } from "../schema.ts";

/** A person as a member of one organisation. */
export interface Member {
  readonly orgId: string;
  readonly userId: string;
  readonly email: string | null;
  readonly name: string;
  readonly passwordHash: string | null;
  readonly isGuest: boolean;
  readonly sessionVersion: number;
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
  readonly role: Role;
}

const memberColumns = {
  orgId: membership.orgId,
  userId: user.id,
  email: user.email,
  name: user.name,
  passwordHash: user.passwordHash,
  isGuest: user.isGuest,
  sessionVersion: user.sessionVersion,
  disabledAt: user.disabledAt,
  createdAt: user.createdAt,
  role: membership.role,
};

function selectMembers(transaction: Transaction, condition: SQL | undefined) {
  return transaction
    .select(memberColumns)
    .from(user)
    .innerJoin(membership, eq(membership.userId, user.id))
    .where(condition)
    .orderBy(asc(membership.createdAt), asc(user.id));
}

/** The account of that normalised address, in the organisation it joined first. */
export function findMemberByEmail(email: string): Promise<Member | null> {
  return withSystem(async (transaction) => {
    const [row] = await selectMembers(transaction, eq(user.email, email)).limit(1);
    return row ?? null;
  });
}

/** One member of the organisation. */
export async function findMember(
  transaction: Transaction,
  orgId: string,
  userId: string,
): Promise<Member | null> {
  const [row] = await selectMembers(transaction, and(eq(membership.orgId, orgId), eq(user.id, userId))).limit(
    1,
  );
  return row ?? null;
}

/** Members of the organisation, oldest first; guests only on request. */
export function listMembers(
  orgId: string,
  options: { readonly withGuests: boolean; readonly email: string | undefined; readonly limit: number },
): Promise<Member[]> {
  const condition = and(
    eq(membership.orgId, orgId),
    options.withGuests ? undefined : eq(user.isGuest, false),
    options.email === undefined ? undefined : eq(user.email, options.email),
  );
  return withSystem((transaction) => selectMembers(transaction, condition).limit(options.limit));
}

/** The administrator who was there first and may still act. */
export async function findOldestAdministrator(
  transaction: Transaction,
  orgId: string,
): Promise<Member | null> {
  const [row] = await selectMembers(
    transaction,
    and(eq(membership.orgId, orgId), eq(membership.role, "admin"), isNull(user.disabledAt)),
  ).limit(1);
  return row ?? null;
}

/** How many administrators of the organisation may act. */
export async function countActiveAdministrators(transaction: Transaction, orgId: string): Promise<number> {
  const [row] = await transaction
    .select({ count: count() })
    .from(user)
    .innerJoin(membership, eq(membership.userId, user.id))
    .where(and(eq(membership.orgId, orgId), eq(membership.role, "admin"), isNull(user.disabledAt)));
  return row?.count ?? 0;
}

/** What a new account consists of. */
export interface NewMember {
  readonly orgId: string;
  readonly userId: string;
  readonly email: string | null;
  readonly name: string;
  readonly passwordHash: string | null;
  readonly isGuest: boolean;
  readonly role: Role;
}

/** Adds an account and its membership; false when the address is taken. */
export async function insertMember(transaction: Transaction, row: NewMember): Promise<boolean> {
  const inserted = await transaction
    .insert(user)
    .values({
      id: row.userId,
      email: row.email,
      name: row.name,
      passwordHash: row.passwordHash,
      isGuest: row.isGuest,
    })
    .onConflictDoNothing()
    .returning({ id: user.id });
  if (inserted.length === 0) return false;
  await transaction.insert(membership).values({ orgId: row.orgId, userId: row.userId, role: row.role });
  return true;
}

/** Sets the role of a member. */
export async function updateRole(
  transaction: Transaction,
  orgId: string,
  userId: string,
  role: Role,
): Promise<void> {
  await transaction
    .update(membership)
    .set({ role })
    .where(and(eq(membership.orgId, orgId), eq(membership.userId, userId)));
}

/** What may change on an account. */
export interface AccountChange {
  readonly name?: string;
  readonly passwordHash?: string;
  readonly disabledAt?: Date | null;
  /** Ends every session of the account. */
  readonly endSessions?: boolean;
}

/** Changes an account; the caller has made sure that it may. */
export async function updateAccount(
  transaction: Transaction,
  userId: string,
  { endSessions, ...change }: AccountChange,
): Promise<void> {
  await transaction
    .update(user)
    .set({
      ...change,
      ...(endSessions === true ? { sessionVersion: sql`${user.sessionVersion} + 1` } : {}),
    })
    .where(eq(user.id, userId));
}

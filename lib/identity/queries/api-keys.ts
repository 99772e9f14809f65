import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { apiKey, user } from "../../../drizzle/schema/identity.ts";
import { type Transaction, withSystem } from "../../platform/db/index.ts";

/** A key as it is stored, with its owner's name. */
export type ApiKeyRow = Omit<typeof apiKey.$inferSelect, "hash"> & { readonly ownerName: string };

const KEYS_MAX = 500;

/** Adds a key. */
export async function insertApiKey(
  transaction: Transaction,
  row: Omit<typeof apiKey.$inferInsert, "createdAt">,
): Promise<Date> {
  const [inserted] = await transaction.insert(apiKey).values(row).returning({ createdAt: apiKey.createdAt });
  return inserted?.createdAt ?? new Date();
}

/** Keys of the organisation, newest first: of one owner, or of all when `ownerId` is null. Never their hashes. */
export function findApiKeys(orgId: string, ownerId: string | null): Promise<ApiKeyRow[]> {
  return withSystem((transaction) =>
    transaction
      .select({
        id: apiKey.id,
        orgId: apiKey.orgId,
        userId: apiKey.userId,
        name: apiKey.name,
        prefix: apiKey.prefix,
        role: apiKey.role,
        scopes: apiKey.scopes,
        expiresAt: apiKey.expiresAt,
        revokedAt: apiKey.revokedAt,
        lastUsedAt: apiKey.lastUsedAt,
        createdAt: apiKey.createdAt,
        ownerName: user.name,
      })
      .from(apiKey)
      .innerJoin(user, eq(user.id, apiKey.userId))
      .where(and(eq(apiKey.orgId, orgId), ownerId === null ? undefined : eq(apiKey.userId, ownerId)))
      .orderBy(desc(apiKey.createdAt), desc(apiKey.id))
      .limit(KEYS_MAX),
  );
}

/**
 * Ends a key, the owner's own or, when `ownerId` is null, anybody's of the organisation.
 *
 * @returns "missing" when there is none to see, "already" when it had ended before.
 */
export async function markApiKeyRevoked(
  transaction: Transaction,
  orgId: string,
  ownerId: string | null,
  keyId: string,
): Promise<"revoked" | "already" | "missing"> {
  const isTheirs = and(
    eq(apiKey.orgId, orgId),
    eq(apiKey.id, keyId),
    ownerId === null ? undefined : eq(apiKey.userId, ownerId),
  );
  const revoked = await transaction
    .update(apiKey)
    .set({ revokedAt: sql`now()` })
    .where(and(isTheirs, isNull(apiKey.revokedAt)))
    .returning({ id: apiKey.id });
  if (revoked.length > 0) return "revoked";
  const known = await transaction.select({ id: apiKey.id }).from(apiKey).where(isTheirs);
  return known.length > 0 ? "already" : "missing";
}

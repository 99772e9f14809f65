import { withTenant } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { noteAccessChange } from "./access-changes.ts";
import { apiKeyPrefix, hashApiKey, makeApiKey } from "./api-key-format.ts";
import { type ApiKeyRow, findApiKeys, insertApiKey, markApiKeyRevoked } from "./queries/api-keys.ts";
import { recordAudit } from "./record-audit.ts";
import { hasRole } from "./roles.ts";
import type { ApiKey, CreateApiKey, CreatedApiKey, Principal, Scope } from "./schema.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Keys of people who are not administrators end: after this long unless they say sooner. */
const DEFAULT_DAYS = 90;
const DAYS_MAX = 365;
/** What a key may do when it may not do everything. */
const NARROW_SCOPES: readonly Scope[] = ["chat", "search", "documents", "models"];

/** The scopes a new key gets, never wider than its maker's. */
function grantScopes(principal: Principal, wanted: readonly Scope[] | undefined): Scope[] {
  const isAdministrator = principal.role === "admin";
  const isUnbounded = principal.via === "session" || principal.scopes.includes("*");
  const everything: readonly Scope[] = isAdministrator ? ["*", ...NARROW_SCOPES, "admin"] : NARROW_SCOPES;
  const grantable = everything.filter((scope) => isUnbounded || principal.scopes.includes(scope));
  const scopes = wanted ?? (grantable.includes("*") ? ["*"] : grantable);
  if (scopes.length === 0 || !scopes.every((scope) => grantable.includes(scope))) {
    throw new AppError("forbidden", { message: "A key cannot be given more than you may do yourself." });
  }
  return [...new Set(scopes)];
}

/** When a new key ends: people who are not administrators cannot make one that outlives a year. */
function grantExpiry(principal: Principal, days: number | null | undefined): Date | null {
  if (principal.role !== "admin" && (days === null || (days ?? 0) > DAYS_MAX)) {
    throw new AppError("forbidden", { message: `A key must end within ${DAYS_MAX} days.` });
  }
  const granted = days === undefined && principal.role !== "admin" ? DEFAULT_DAYS : (days ?? null);
  return granted === null ? null : new Date(Date.now() + granted * DAY_MS);
}

/**
 * Makes an API key for the caller. The key acts with the lower of its role and its owner's, so that demoting the
 * owner lowers the key.
 *
 * @returns The key in clear, this once; only its SHA-256 is stored.
 * @throws AppError `forbidden` for more than the caller has (role, scopes, lifetime, another owner) and for guests.
 */
export async function createApiKey(principal: Principal, input: CreateApiKey): Promise<CreatedApiKey> {
  if (principal.isGuest) throw new AppError("forbidden", { message: "Guests cannot make API keys." });
  if (input.userId !== undefined && input.userId !== principal.userId) {
    throw new AppError("forbidden", { message: "A key can only be made for oneself." });
  }
  const role = input.role ?? principal.role;
  if (!hasRole(principal.role, role)) {
    throw new AppError("forbidden", { message: "A key cannot have a higher role than its maker." });
  }
  const key = makeApiKey();
  const row = {
    id: newId(),
    orgId: principal.orgId,
    userId: principal.userId,
    name: input.name,
    prefix: apiKeyPrefix(key),
    role,
    scopes: grantScopes(principal, input.scopes),
    expiresAt: grantExpiry(principal, input.expiresInDays),
  };
  const createdAt = await withTenant(principal, async (transaction) => {
    const insertedAt = await insertApiKey(transaction, { ...row, hash: hashApiKey(key) });
    await recordAudit(transaction, principal, {
      action: "api_key.create",
      subjectType: "api_key",
      subjectId: row.id,
      detail: { role, scopes: row.scopes.join(" "), expires: row.expiresAt?.toISOString() ?? null },
    });
    return insertedAt;
  });
  const shown = toApiKey({
    ...row,
    createdAt,
    revokedAt: null,
    lastUsedAt: null,
    ownerName: principal.name,
  });
  return { ...shown, key };
}

/** The caller's keys; for administrators those of the whole organisation. Newest first, without the keys themselves. */
export async function listApiKeys(principal: Principal): Promise<ApiKey[]> {
  const rows = await findApiKeys(principal.orgId, visibleOwner(principal));
  return rows.map(toApiKey);
}

/**
 * Ends a key at once. Ending it twice is no error.
 *
 * @throws AppError `not_found` for a key that is not there or not theirs.
 */
export async function revokeApiKey(principal: Principal, keyId: string): Promise<void> {
  await withTenant(principal, async (transaction) => {
    const outcome = await markApiKeyRevoked(transaction, principal.orgId, visibleOwner(principal), keyId);
    if (outcome === "missing") throw new AppError("not_found");
    if (outcome === "already") return;
    await recordAudit(transaction, principal, {
      action: "api_key.revoke",
      subjectType: "api_key",
      subjectId: keyId,
    });
  });
  noteAccessChange();
}

/** Whose keys the caller sees: null is everybody's. */
function visibleOwner(principal: Principal): string | null {
  return principal.role === "admin" ? null : principal.userId;
}

function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    role: row.role,
    scopes: row.scopes,
    ownerId: row.userId,
    ownerName: row.ownerName,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

import { randomInt } from "node:crypto";
import { withSystem } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import {
  firstAdministratorPath,
  forgetFirstAdministrator,
  isFirstAdministrator,
  writeFirstAdministrator,
} from "./first-administrator-file.ts";
import { normaliseEmail } from "./normalise-email.ts";
import { hashPassword } from "./password-hash.ts";
import { lockAuditChain } from "./queries/audit-events.ts";
import { findOldestOrganisation, insertOrganisation } from "./queries/organisations.ts";
import { findPrincipalOfMember } from "./queries/principals.ts";
import { findOldestAdministrator, insertMember } from "./queries/users.ts";
import { recordAudit } from "./record-audit.ts";
import type { Principal } from "./schema.ts";

/** `.localhost` is reserved (RFC 6761): the address can never be somebody's mailbox. */
const DEFAULT_EMAIL = "admin@vouch.localhost";
/** Without letters and digits that are taken for one another. */
const PASSWORD_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
const PASSWORD_GROUPS = 5;
const PASSWORD_GROUP_LENGTH = 4;

/** What the first start made, or found. */
export interface FirstRun {
  /** False when an organisation was there already. */
  readonly created: boolean;
  /** Address of the first administrator; null when nobody administrates any more. */
  readonly email: string | null;
  /** The made-up password: only when just created and not given from outside. */
  readonly password: string | null;
  /** File that still holds a made-up password; null when there is none. */
  readonly passwordFile: string | null;
}

/** 20 characters in groups of four, 99 bits. */
function makePassword(): string {
  const groups = Array.from({ length: PASSWORD_GROUPS }, () =>
    Array.from({ length: PASSWORD_GROUP_LENGTH }, () =>
      PASSWORD_ALPHABET.charAt(randomInt(PASSWORD_ALPHABET.length)),
    ).join(""),
  );
  return groups.join("-");
}

/** Place of the lock that lets one of several starting processes do the first run. */
const FIRST_RUN_LOCK = "first-run";

/**
 * On an empty database makes the default organisation and its first administrator; otherwise reports who that is. May
 * be called by several processes at once and on every start.
 *
 * @param dataDir Directory of the file that keeps a made-up password.
 */
export async function ensureFirstRun(
  given: { readonly adminEmail?: string | undefined; readonly adminPassword?: string | undefined } = {},
  passwordFile: string = firstAdministratorPath(),
): Promise<FirstRun> {
  const email = normaliseEmail(given.adminEmail ?? DEFAULT_EMAIL);
  if (email === null)
    throw new AppError("invalid_request", { message: "VOUCH_ADMIN_EMAIL is not an address." });
  const existing = await withSystem(findFirstAdministrator);
  if (existing !== null) return describeExisting(existing.email, passwordFile);
  const password = given.adminPassword ?? makePassword();
  // Hashed before the transaction: a tenth of a second is too long inside one.
  const passwordHash = await hashPassword(password);
  const isMadeUp = given.adminPassword === undefined;
  const found = await withSystem(async (transaction) => {
    await lockAuditChain(transaction, FIRST_RUN_LOCK);
    const sooner = await findFirstAdministrator(transaction);
    if (sooner !== null) return sooner;
    const orgId = newId();
    const userId = newId();
    await insertOrganisation(transaction, { id: orgId, name: "My organisation" });
    await insertMember(transaction, {
      orgId,
      userId,
      email,
      name: "Administrator",
      passwordHash,
      isGuest: false,
      role: "admin",
    });
    await recordAudit(
      transaction,
      { orgId, userId: null },
      {
        action: "organisation.create",
        subjectType: "organisation",
        subjectId: orgId,
      },
    );
    // Before the commit: an administrator whose password nobody knows would be worse than a file without one.
    if (isMadeUp) writeFirstAdministrator(passwordFile, email, password);
    return null;
  }).catch((error: unknown) => {
    forgetFirstAdministrator(passwordFile, email);
    throw error;
  });
  if (found !== null) return describeExisting(found.email, passwordFile);
  return {
    created: true,
    email,
    password: isMadeUp ? password : null,
    passwordFile: isMadeUp ? passwordFile : null,
  };
}

function describeExisting(email: string | null, passwordFile: string): FirstRun {
  const isKept = email !== null && isFirstAdministrator(passwordFile, email);
  return { created: false, email, password: null, passwordFile: isKept ? passwordFile : null };
}

/** Null on an empty database; otherwise the oldest administrator of the default organisation. */
async function findFirstAdministrator(
  transaction: Parameters<typeof findOldestOrganisation>[0],
): Promise<{ orgId: string; userId: string | null; email: string | null } | null> {
  const organisation = await findOldestOrganisation(transaction);
  if (organisation === null) return null;
  const administrator = await findOldestAdministrator(transaction, organisation.id);
  return {
    orgId: organisation.id,
    userId: administrator?.userId ?? null,
    email: administrator?.email ?? null,
  };
}

/**
 * The first administrator as a principal: the command line on the machine itself acts in this name.
 *
 * @throws AppError `unavailable` before the first start.
 */
export async function getFirstAdministrator(): Promise<Principal> {
  const found = await withSystem(findFirstAdministrator);
  const userId = found?.userId ?? null;
  const principal =
    found === null || userId === null ? null : await findPrincipalOfMember(found.orgId, userId);
  if (principal === null) {
    throw new AppError("unavailable", {
      message: "There is no administrator yet. Start the program once first.",
    });
  }
  return principal;
}

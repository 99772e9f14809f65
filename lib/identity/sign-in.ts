import { createHash } from "node:crypto";
import { withSystem } from "../platform/db/index.ts";
import { environment } from "../platform/env.ts";
import { consume } from "../platform/rate-limit/index.ts";
import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { normaliseEmail } from "./normalise-email.ts";
import { verifyPassword } from "./password-hash.ts";
import { findDefaultOrganisation } from "./queries/organisations.ts";
import { findMemberByEmail, insertMember } from "./queries/users.ts";
import type { SessionClaims } from "./session-token.ts";
import { startSession } from "./sessions.ts";

/** Tries per account and minute; counted by the account, not by the caller's address, which an attacker can vary. */
const TRIES_PER_ACCOUNT_MINUTE = 20;
/** Tries of everybody per minute: each costs a tenth of a second of one core. */
const TRIES_PER_MINUTE = 240;
const GUESTS_PER_CLIENT_MINUTE = 60;
const GUESTS_PER_MINUTE = 240;

const PASSWORD_LENGTH_MAX = 200;

/** Limits of signing in; tests set their own. */
export interface SignInDependencies {
  readonly consume: typeof consume;
}

async function spend(
  dependencies: SignInDependencies,
  name: string,
  key: string,
  perMinute: number,
): Promise<void> {
  const decision = await dependencies.consume({ name, key, perMinute });
  if (!decision.allowed) {
    throw new AppError("rate_limited", { retryAfterSeconds: decision.retryAfterSeconds });
  }
}

/**
 * Checks an address and a password. An unknown address, a guest, a closed account and a wrong password take the same
 * time and give the same answer.
 *
 * @throws AppError `invalid_credentials` or `rate_limited`.
 */
export async function signInWithPassword(
  input: { readonly email: string; readonly password: string },
  dependencies: SignInDependencies = { consume },
): Promise<SessionClaims> {
  const email = normaliseEmail(input.email.slice(0, 1000)) ?? "";
  const account = createHash("sha256").update(email).digest("base64url");
  await spend(dependencies, "sign-in", account, TRIES_PER_ACCOUNT_MINUTE);
  await spend(dependencies, "sign-in-all", "all", TRIES_PER_MINUTE);
  const member = email === "" ? null : await findMemberByEmail(email);
  const isUsable = member !== null && member.disabledAt === null;
  const password = input.password.length > PASSWORD_LENGTH_MAX ? "" : input.password;
  const isRight = await verifyPassword(password, isUsable ? member.passwordHash : null);
  if (!isUsable || !isRight) throw new AppError("invalid_credentials");
  return withSystem((transaction) => startSession(transaction, member, "password"));
}

/**
 * Makes a guest of the default organisation. What a guest writes stays with that guest: signing in to an account
 * later starts afresh, so that a shared computer hands nobody's conversations to the next person.
 *
 * @param client Whose budget is spent, see `clientKey`.
 * @throws AppError `forbidden` when guests are switched off, `rate_limited`, `unavailable` before the first start.
 */
export async function signInAsGuest(
  client: string,
  dependencies: SignInDependencies = { consume },
): Promise<SessionClaims> {
  if (!environment().VOUCH_GUESTS) {
    throw new AppError("forbidden", { message: "Guests are not admitted here. Sign in with an account." });
  }
  await spend(dependencies, "guest", client, GUESTS_PER_CLIENT_MINUTE);
  await spend(dependencies, "guest-all", "all", GUESTS_PER_MINUTE);
  const organisation = await findDefaultOrganisation();
  if (organisation === null) throw new AppError("unavailable");
  const userId = newId();
  return withSystem(async (transaction) => {
    await insertMember(transaction, {
      orgId: organisation.id,
      userId,
      email: null,
      name: "Guest",
      passwordHash: null,
      isGuest: true,
      role: "member",
    });
    return startSession(transaction, { userId, orgId: organisation.id, sessionVersion: 1 }, "guest");
  });
}

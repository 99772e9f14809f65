import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { createUser } from "./create-user.ts";
import { findPrincipalOfMember } from "./queries/principals.ts";
import type { Principal, Role } from "./schema.ts";
import { encodeSessionToken, type SessionClaims, sessionCookieName } from "./session-token.ts";

export const TEST_PASSWORD = "correct horse battery";

/** An account with an open session. */
export interface TestAccount {
  readonly principal: Principal;
  readonly email: string;
  readonly claims: SessionClaims;
  /** The `cookie` header of a browser that is signed in. */
  readonly cookie: string;
}

/** Makes an account of an organisation and signs it in. */
export async function createTestAccount(orgId: string, role: Role): Promise<TestAccount> {
  const email = `${newId()}@example.test`;
  const userId = await createUser(
    { orgId, userId: null },
    { email, name: `Some ${role}`, role, password: TEST_PASSWORD },
  );
  const principal = await findPrincipalOfMember(orgId, userId);
  if (principal === null) throw new AppError("internal");
  const claims = { sub: userId, orgId, sessionVersion: 1, sessionId: newId() };
  return { principal, email, claims, cookie: await cookieFor(claims) };
}

/** The `cookie` header for a session. */
export async function cookieFor(claims: SessionClaims, lifetimeSeconds?: number): Promise<string> {
  return `${sessionCookieName()}=${await encodeSessionToken(claims, lifetimeSeconds)}`;
}

import { normaliseEmail } from "./normalise-email.ts";
import { listMembers } from "./queries/users.ts";
import type { UserSummary } from "./schema.ts";

const USERS_MAX = 1000;

/** Which accounts are wanted. */
export interface ListUsersOptions {
  readonly withGuests?: boolean;
  /** Only the account of this address. */
  readonly email?: string;
}

/** The accounts of an organisation, oldest first, at most 1000. */
export async function listUsers(
  scope: { readonly orgId: string },
  options: ListUsersOptions = {},
): Promise<UserSummary[]> {
  const email = options.email === undefined ? undefined : normaliseEmail(options.email);
  if (email === null) return [];
  const members = await listMembers(scope.orgId, {
    withGuests: options.withGuests === true,
    email,
    limit: USERS_MAX,
  });
  return members.map((member) => ({
    id: member.userId,
    email: member.email,
    name: member.name,
    role: member.role,
    isGuest: member.isGuest,
    disabledAt: member.disabledAt?.toISOString() ?? null,
    createdAt: member.createdAt.toISOString(),
  }));
}

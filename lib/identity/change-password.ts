import { withSystem } from "../platform/db/index.ts";
import { consume } from "../platform/rate-limit/index.ts";
import { AppError } from "../shared/errors.ts";
import { firstAdministratorPath, forgetFirstAdministrator } from "./first-administrator-file.ts";
import { hashPassword, verifyPassword } from "./password-hash.ts";
import { findMember, updateAccount } from "./queries/users.ts";
import { type AuditActor, recordAudit } from "./record-audit.ts";
import { type Principal, passwordSchema } from "./schema.ts";

const TRIES_PER_MINUTE = 10;

/**
 * Sets a member's password without asking for the old one: for administrators. Ends all of the member's sessions.
 *
 * @param passwordFile Where a made-up first password may be kept; removed when it is this account's.
 * @throws AppError `not_found`, `invalid_request` for guests and for passwords that are too short or too long.
 */
export async function changePassword(
  actor: AuditActor,
  userId: string,
  newPassword: string,
  passwordFile: string = firstAdministratorPath(),
): Promise<void> {
  if (!passwordSchema.safeParse(newPassword).success) {
    throw new AppError("invalid_request", { message: "The password must have 10 to 200 characters." });
  }
  const passwordHash = await hashPassword(newPassword);
  const email = await withSystem(async (transaction) => {
    const member = await findMember(transaction, actor.orgId, userId);
    if (member === null) throw new AppError("not_found");
    if (member.email === null) throw new AppError("invalid_request", { message: "Guests have no password." });
    await updateAccount(transaction, userId, { passwordHash, endSessions: true });
    await recordAudit(transaction, actor, {
      action: "user.password",
      subjectType: "user",
      subjectId: userId,
    });
    return member.email;
  });
  forgetFirstAdministrator(passwordFile, email);
}

/**
 * Changes one's own password; all sessions end, this one included, so the person signs in again.
 *
 * @throws AppError `invalid_credentials` when the current password is wrong, `rate_limited`, and as {@link changePassword}.
 */
export async function changeOwnPassword(
  principal: Principal,
  input: { readonly currentPassword: string; readonly newPassword: string },
): Promise<void> {
  const decision = await consume({
    name: "change-password",
    key: principal.userId,
    perMinute: TRIES_PER_MINUTE,
  });
  if (!decision.allowed) {
    throw new AppError("rate_limited", { retryAfterSeconds: decision.retryAfterSeconds });
  }
  const member = await withSystem((transaction) =>
    findMember(transaction, principal.orgId, principal.userId),
  );
  if (!(await verifyPassword(input.currentPassword, member?.passwordHash ?? null))) {
    throw new AppError("invalid_credentials", { message: "The current password is wrong." });
  }
  await changePassword(principal, principal.userId, input.newPassword);
}

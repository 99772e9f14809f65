import { withSystem } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { updateAccount } from "./queries/users.ts";
import { recordAudit } from "./record-audit.ts";
import type { Principal, UpdateProfile } from "./schema.ts";

/**
 * Changes what a person may change about themselves: the name.
 *
 * @returns The principal as it is now.
 * @throws AppError `forbidden` for guests, who have no profile.
 */
export async function updateProfile(principal: Principal, change: UpdateProfile): Promise<Principal> {
  if (principal.isGuest)
    throw new AppError("forbidden", { message: "Guests have no profile. Sign in first." });
  await withSystem(async (transaction) => {
    await updateAccount(transaction, principal.userId, { name: change.name });
    await recordAudit(transaction, principal, {
      action: "user.rename",
      subjectType: "user",
      subjectId: principal.userId,
    });
  });
  return { ...principal, name: change.name };
}

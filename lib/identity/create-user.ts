import { withSystem } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { normaliseEmail } from "./normalise-email.ts";
import { hashPassword } from "./password-hash.ts";
import { insertMember } from "./queries/users.ts";
import { type AuditActor, recordAudit } from "./record-audit.ts";
import { displayNameSchema, passwordSchema, type Role } from "./schema.ts";

/** A new local account. */
export interface CreateUserInput {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

/**
 * Makes a local account in the actor's organisation.
 *
 * @returns The new user's id.
 * @throws AppError `invalid_request` for a bad address, name or password, `conflict` when the address is taken.
 */
export async function createUser(actor: AuditActor, input: CreateUserInput): Promise<string> {
  const email = normaliseEmail(input.email);
  if (email === null) throw new AppError("invalid_request", { message: "This is not an e-mail address." });
  const name = displayNameSchema.safeParse(input.name);
  if (!name.success) {
    throw new AppError("invalid_request", { message: "The name must be one line of 1 to 120 characters." });
  }
  if (!passwordSchema.safeParse(input.password).success) {
    throw new AppError("invalid_request", { message: "The password must have 10 to 200 characters." });
  }
  const passwordHash = await hashPassword(input.password);
  const userId = newId();
  await withSystem(async (transaction) => {
    const isNew = await insertMember(transaction, {
      orgId: actor.orgId,
      userId,
      email,
      name: name.data,
      passwordHash,
      isGuest: false,
      role: input.role,
    });
    if (!isNew) {
      throw new AppError("conflict", { message: "There already is an account with this e-mail address." });
    }
    await recordAudit(transaction, actor, {
      action: "user.create",
      subjectType: "user",
      subjectId: userId,
      detail: { role: input.role },
    });
  });
  return userId;
}

import { type Transaction, withSystem } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { noteAccessChange } from "./access-changes.ts";
import { lockAuditChain } from "./queries/audit-events.ts";
import {
  countActiveAdministrators,
  findMember,
  type Member,
  updateAccount,
  updateRole,
} from "./queries/users.ts";
import { type AuditActor, recordAudit } from "./record-audit.ts";
import type { Role } from "./schema.ts";

/** Runs a change of one member; changes of an organisation's members come one after another. */
async function changeMember(
  actor: AuditActor,
  userId: string,
  work: (transaction: Transaction, member: Member) => Promise<void>,
): Promise<void> {
  await withSystem(async (transaction) => {
    // Two administrators who demote each other at the same moment would leave none.
    await lockAuditChain(transaction, actor.orgId);
    const member = await findMember(transaction, actor.orgId, userId);
    if (member === null) throw new AppError("not_found");
    await work(transaction, member);
  });
  noteAccessChange();
}

async function assertNotLastAdministrator(transaction: Transaction, member: Member): Promise<void> {
  if (member.role !== "admin" || member.disabledAt !== null) return;
  if ((await countActiveAdministrators(transaction, member.orgId)) <= 1) {
    throw new AppError("conflict", { message: "The last administrator must stay one." });
  }
}

/**
 * Gives a member another role; it acts on their next request, and lowers their keys with it.
 *
 * @throws AppError `not_found`, `conflict` for the last administrator, `forbidden` for guests.
 */
export function setUserRole(actor: AuditActor, userId: string, role: Role): Promise<void> {
  return changeMember(actor, userId, async (transaction, member) => {
    if (member.role === role) return;
    if (member.isGuest) throw new AppError("forbidden", { message: "Guests stay members." });
    await assertNotLastAdministrator(transaction, member);
    await updateRole(transaction, actor.orgId, userId, role);
    await recordAudit(transaction, actor, {
      action: "user.role",
      subjectType: "user",
      subjectId: userId,
      detail: { from: member.role, to: role },
    });
  });
}

/**
 * Closes an account: its sessions and keys are refused from the next request on.
 *
 * @throws AppError `not_found`, `conflict` for the last administrator.
 */
export function disableUser(actor: AuditActor, userId: string): Promise<void> {
  return changeMember(actor, userId, async (transaction, member) => {
    if (member.disabledAt !== null) return;
    await assertNotLastAdministrator(transaction, member);
    await updateAccount(transaction, userId, { disabledAt: new Date(), endSessions: true });
    await recordAudit(transaction, actor, {
      action: "user.disable",
      subjectType: "user",
      subjectId: userId,
    });
  });
}

/** Opens a closed account again; its keys work as before, its sessions stay ended. */
export function enableUser(actor: AuditActor, userId: string): Promise<void> {
  return changeMember(actor, userId, async (transaction, member) => {
    if (member.disabledAt === null) return;
    await updateAccount(transaction, userId, { disabledAt: null });
    await recordAudit(transaction, actor, {
      action: "user.enable",
      subjectType: "user",
      subjectId: userId,
    });
  });
}

/** Ends every session of a member, on all devices. */
export function signOutEverywhere(actor: AuditActor, userId: string): Promise<void> {
  return changeMember(actor, userId, async (transaction) => {
    await updateAccount(transaction, userId, { endSessions: true });
    await recordAudit(transaction, actor, {
      action: "user.sign_out_everywhere",
      subjectType: "user",
      subjectId: userId,
    });
  });
}

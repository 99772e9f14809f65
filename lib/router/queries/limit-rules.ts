import { and, asc, eq, inArray } from "drizzle-orm";
import { limitRule } from "../../../drizzle/schema/router.ts";
import { type Transaction, withSystem, withTenant } from "../../platform/db/index.ts";

/** A subject as the table names it. */
export interface RuleSubject {
  readonly orgId: string;
  readonly type: "organisation" | "user" | "key";
  readonly id: string;
}

/** One row: what is set for one subject. */
export type LimitRuleRow = typeof limitRule.$inferSelect;

/** The rules of any subjects, of any organisations; subjects without one are left out. */
export function findLimitRules(subjects: readonly RuleSubject[]): Promise<LimitRuleRow[]> {
  return withSystem((transaction) =>
    transaction
      .select()
      .from(limitRule)
      .where(
        and(
          inArray(limitRule.orgId, [...new Set(subjects.map(({ orgId }) => orgId))]),
          inArray(limitRule.subjectId, [...new Set(subjects.map(({ id }) => id))]),
        ),
      ),
  );
}

/** All rules of an organisation, its own first. */
export function findLimitRulesOfOrganisation(orgId: string): Promise<LimitRuleRow[]> {
  return withTenant(
    { orgId },
    (transaction) =>
      transaction
        .select()
        .from(limitRule)
        .where(eq(limitRule.orgId, orgId))
        .orderBy(asc(limitRule.subjectType), asc(limitRule.subjectId))
        .limit(1000),
    { readOnly: true },
  );
}

/** Sets the rule of one subject in place of the one there was. */
export async function upsertLimitRule(
  transaction: Transaction,
  subject: RuleSubject,
  limits: Readonly<Record<string, number | null>>,
  updatedBy: string | null,
): Promise<void> {
  const changed = { limits: { ...limits }, updatedBy, updatedAt: new Date() };
  await transaction
    .insert(limitRule)
    .values({ orgId: subject.orgId, subjectType: subject.type, subjectId: subject.id, ...changed })
    .onConflictDoUpdate({
      target: [limitRule.orgId, limitRule.subjectType, limitRule.subjectId],
      set: changed,
    });
}

/** Removes the rule of one subject; false when there is none. */
export async function deleteLimitRule(transaction: Transaction, subject: RuleSubject): Promise<boolean> {
  const removed = await transaction
    .delete(limitRule)
    .where(
      and(
        eq(limitRule.orgId, subject.orgId),
        eq(limitRule.subjectType, subject.type),
        eq(limitRule.subjectId, subject.id),
      ),
    )
    .returning({ id: limitRule.subjectId });
  return removed.length > 0;
}

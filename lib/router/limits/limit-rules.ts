import type { LimitDefaults, LimitRule } from "../config/router-config.ts";
import type { UsageOwner } from "../usage/record-attempt.ts";
import type { QuotaKind } from "./lease-backend.ts";

/** Whom a limit is set for. */
export type SubjectType = "organisation" | "user" | "key";

/** One organisation, user or API key. */
export interface LimitSubject {
  readonly orgId: string;
  readonly type: SubjectType;
  readonly id: string;
}

/** What is limited. */
export type LimitName = keyof LimitRule;

/** Limits set for one subject: an absent name leaves the default, null means no limit whatever the default. */
export type SetLimits = Readonly<Partial<Record<LimitName, number | null>>>;

/** How each limit counts, and what its quota is called. */
export const LIMIT_KINDS: Readonly<Record<LimitName, { readonly kind: QuotaKind; readonly unit: string }>> = {
  requestsPerMinute: { kind: "rate", unit: "requests" },
  tokensPerMinute: { kind: "rate", unit: "tokens" },
  concurrentStreams: { kind: "slots", unit: "streams" },
  monthlyBudgetMicros: { kind: "budget", unit: "micros" },
};

/** All names of limits. */
export const LIMIT_NAMES = Object.keys(LIMIT_KINDS) as LimitName[];

/** The subjects whose limits a request meets, all at once. */
export function subjectsOf({ orgId, userId, apiKeyId }: UsageOwner): LimitSubject[] {
  const subjects: LimitSubject[] = [
    { orgId, type: "organisation", id: orgId },
    { orgId, type: "user", id: userId },
  ];
  if (apiKeyId !== undefined) subjects.push({ orgId, type: "key", id: apiKeyId });
  return subjects;
}

/** What distinguishes a subject from every other. */
export function subjectKey({ orgId, type, id }: LimitSubject): string {
  return `${orgId}/${type}/${id}`;
}

/** Name of a subject's quota within its organisation. */
export function quotaName({ type, id }: LimitSubject, name: LimitName): string {
  return `${type}:${id}:${LIMIT_KINDS[name].unit}`;
}

/** The limits that hold for a subject: those set for it over the defaults. */
export function effectiveLimits(
  { type }: LimitSubject,
  set: SetLimits | undefined,
  defaults: LimitDefaults,
): LimitRule {
  const limits: { [Name in LimitName]?: number } = {};
  for (const name of LIMIT_NAMES) {
    const own = set?.[name];
    const limit = own === undefined ? defaults[type]?.[name] : own;
    if (limit !== undefined && limit !== null) limits[name] = limit;
  }
  return limits;
}

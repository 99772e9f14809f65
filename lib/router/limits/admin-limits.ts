import { listApiKeys, listUsers, recordAudit } from "../../identity/index.ts";
import type { Principal } from "../../identity/schema.ts";
import { withTenant } from "../../platform/db/index.ts";
import { AppError } from "../../shared/errors.ts";
import { routerConfig } from "../config/load-config.ts";
import type { LimitDefaults } from "../config/router-config.ts";
import { deleteLimitRule, findLimitRulesOfOrganisation, upsertLimitRule } from "../queries/limit-rules.ts";
import type {
  ChangeLimits,
  LimitedSubject,
  LimitName,
  LimitSubjectType,
  LimitsOverview,
  LimitValues,
} from "../schema.ts";
import type { LeaseBackend, QuotaUse } from "./lease-backend.ts";
import { limitBackend } from "./limit-backend.ts";
import { effectiveLimits, LIMIT_KINDS, type LimitSubject, quotaName } from "./limit-rules.ts";
import { type MonthSpending, monthSpending } from "./month-spending.ts";
import { noteRuleChange } from "./rule-book.ts";

type Subject = LimitSubject & { readonly name: string };

/** The outside of the overview; everything has a default. */
export interface AdminLimitsDeps {
  readonly backend: LeaseBackend;
  readonly defaults: LimitDefaults;
  readonly nowMs: number;
}

/** Limits counted while they are in force; what is spent is known from the usage rows in any case. */
const COUNTED = ["requestsPerMinute", "tokensPerMinute", "concurrentStreams"] as const;
/** Quotas asked for in one call of the backend. */
const QUOTAS_PER_CALL = 100;

function outside(deps: Partial<AdminLimitsDeps>): AdminLimitsDeps {
  return {
    backend: deps.backend ?? limitBackend(),
    defaults: deps.defaults ?? routerConfig().limits,
    nowMs: deps.nowMs ?? Date.now(),
  };
}

/** The organisation itself, its accounts and its live keys, with their limits and what they take of them. */
export async function findLimits(
  principal: Principal,
  deps: Partial<AdminLimitsDeps> = {},
): Promise<LimitsOverview> {
  const { backend, defaults, nowMs } = outside(deps);
  const [subjects, rules, spent] = await Promise.all([
    findSubjects(principal),
    findLimitRulesOfOrganisation(principal.orgId),
    monthSpending(principal.orgId, nowMs),
  ]);
  const setById = new Map(rules.map((rule) => [`${rule.subjectType}/${rule.subjectId}`, rule.limits]));
  const limited = subjects.map((subject) => {
    const set = setById.get(`${subject.type}/${subject.id}`) ?? null;
    return { subject, set, effective: toValues(effectiveLimits(subject, set ?? undefined, defaults)) };
  });
  const uses = await readUses(limited, backend);
  return {
    month: new Date(nowMs).toISOString().slice(0, 7),
    defaults: {
      organisation: toValues(defaults.organisation ?? {}),
      user: toValues(defaults.user ?? {}),
      key: toValues(defaults.key ?? {}),
    },
    subjects: limited.map(({ subject, set, effective }) => ({
      type: subject.type,
      id: subject.id,
      name: subject.name,
      set,
      effective,
      used: usedOf(subject, effective, { uses, spent, nowMs }),
    })),
  };
}

/**
 * Sets the limits of one subject in place of those it had; they hold at once in this process and within two seconds in
 * others.
 *
 * @throws AppError `not_found` for a subject that is not of this organisation.
 */
export async function setLimits(
  principal: Principal,
  { type, id }: { readonly type: LimitSubjectType; readonly id: string },
  limits: ChangeLimits["limits"],
  deps: Partial<AdminLimitsDeps> = {},
): Promise<LimitedSubject> {
  const subject = await findSubject(principal, type, id);
  const written = Object.fromEntries(
    Object.entries(limits).filter((entry): entry is [string, number | null] => entry[1] !== undefined),
  );
  await withTenant(principal, async (transaction) => {
    await upsertLimitRule(transaction, subject, written, principal.userId);
    await recordAudit(transaction, principal, {
      action: "limit.set",
      subjectType: type,
      subjectId: id,
      detail: written,
    });
  });
  noteRuleChange(subject);
  const { subjects } = await findLimits(principal, deps);
  const changed = subjects.find((candidate) => candidate.type === type && candidate.id === id);
  if (changed === undefined) throw new AppError("not_found");
  return changed;
}

/**
 * Takes away what was set for one subject: the defaults hold again. Doing so twice changes nothing.
 *
 * @throws AppError `not_found` for a subject that is not of this organisation.
 */
export async function removeLimits(
  principal: Principal,
  { type, id }: { readonly type: LimitSubjectType; readonly id: string },
): Promise<void> {
  const subject = await findSubject(principal, type, id);
  await withTenant(principal, async (transaction) => {
    if (!(await deleteLimitRule(transaction, subject))) return;
    await recordAudit(transaction, principal, { action: "limit.remove", subjectType: type, subjectId: id });
  });
  noteRuleChange(subject);
}

async function findSubjects(principal: Principal): Promise<Subject[]> {
  const { orgId } = principal;
  const [users, keys] = await Promise.all([listUsers(principal), listApiKeys(principal)]);
  return [
    { orgId, type: "organisation", id: orgId, name: "Everybody together" },
    ...users.map(({ id, name, email }) => ({
      orgId,
      type: "user" as const,
      id,
      name: email === null ? name : `${name} (${email})`,
    })),
    ...keys
      .filter(({ revokedAt }) => revokedAt === null)
      .map(({ id, name, prefix, ownerName }) => ({
        orgId,
        type: "key" as const,
        id,
        name: `${name} (${prefix}…, ${ownerName})`,
      })),
  ];
}

async function findSubject(principal: Principal, type: LimitSubjectType, id: string): Promise<Subject> {
  const found = (await findSubjects(principal)).find((subject) => subject.type === type && subject.id === id);
  if (found === undefined) throw new AppError("not_found");
  return found;
}

function toValues(limits: Readonly<Partial<Record<LimitName, number | undefined>>>): LimitValues {
  return {
    requestsPerMinute: limits.requestsPerMinute ?? null,
    tokensPerMinute: limits.tokensPerMinute ?? null,
    concurrentStreams: limits.concurrentStreams ?? null,
    monthlyBudgetMicros: limits.monthlyBudgetMicros ?? null,
  };
}

interface Limited {
  readonly subject: Subject;
  readonly effective: LimitValues;
}

/** Counters of all limits in force that count; only those have any. */
async function readUses(
  limited: readonly Limited[],
  backend: LeaseBackend,
): Promise<ReadonlyMap<string, QuotaUse>> {
  const quotas = limited.flatMap(({ subject, effective }) =>
    COUNTED.filter((name) => effective[name] !== null).map((name) => ({
      orgId: subject.orgId,
      quota: quotaName(subject, name),
      kind: LIMIT_KINDS[name].kind,
    })),
  );
  const uses = new Map<string, QuotaUse>();
  for (let at = 0; at < quotas.length; at += QUOTAS_PER_CALL) {
    for (const use of await backend.read(quotas.slice(at, at + QUOTAS_PER_CALL))) uses.set(use.quota, use);
  }
  return uses;
}

function usedOf(
  subject: Subject,
  effective: LimitValues,
  known: {
    readonly uses: ReadonlyMap<string, QuotaUse>;
    readonly spent: MonthSpending;
    readonly nowMs: number;
  },
): LimitedSubject["used"] {
  const counted = (name: (typeof COUNTED)[number]): number | null => {
    // Nobody counts what nobody limits.
    if (effective[name] === null) return null;
    const use = known.uses.get(quotaName(subject, name));
    if (use === undefined || (use.endsAtMs !== null && use.endsAtMs <= known.nowMs)) return 0;
    // Answers in progress are in the hands of processes; requests and tokens are used up once they are reported.
    return name === "concurrentStreams" ? use.held : use.taken;
  };
  const { organisation, users, keys } = known.spent;
  return {
    requestsPerMinute: counted("requestsPerMinute"),
    tokensPerMinute: counted("tokensPerMinute"),
    concurrentStreams: counted("concurrentStreams"),
    monthlyBudgetMicros:
      subject.type === "organisation"
        ? organisation
        : ((subject.type === "user" ? users : keys).get(subject.id) ?? 0),
  };
}

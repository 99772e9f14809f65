import type { LimitName, LimitSubjectType } from "@/lib/router/schema.ts";

/** All limits in the order in which they are shown. */
export const LIMIT_NAMES: readonly LimitName[] = [
  "requestsPerMinute",
  "tokensPerMinute",
  "concurrentStreams",
  "monthlyBudgetMicros",
];

/** A limit as the page calls it. */
export const LIMIT_WORDS: Readonly<Record<LimitName, string>> = {
  requestsPerMinute: "Requests per minute",
  tokensPerMinute: "Tokens per minute",
  concurrentStreams: "Answers at once",
  monthlyBudgetMicros: "Budget per month",
};

export const SUBJECT_WORDS: Readonly<Record<LimitSubjectType, string>> = {
  organisation: "organisation",
  user: "person",
  key: "API key",
};

const MICROS = 1_000_000;
const FIGURES = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
/** One answer may cost a fraction of a cent: below 1 that counts. */
const SMALL_FIGURES = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 4 });

/** A quantity as it is read: budgets in the currency of the price table, the rest as counts. */
export function amountWords(name: LimitName, value: number): string {
  if (name !== "monthlyBudgetMicros") return FIGURES.format(value);
  return (value < MICROS ? SMALL_FIGURES : FIGURES).format(value / MICROS);
}

/** "12 of 100", "12, no limit", or "no limit" where nothing is counted. */
export function usageWords(name: LimitName, used: number | null, limit: number | null): string {
  if (used === null) return "no limit";
  const taken = amountWords(name, used);
  return limit === null ? `${taken}, no limit` : `${taken} of ${amountWords(name, limit)}`;
}

/** A limit as it stands in its field. */
export function toFieldText(name: LimitName, value: number): string {
  return String(name === "monthlyBudgetMicros" ? value / MICROS : value);
}

/** What a person typed as a limit; null when it is none. */
export function fromFieldText(name: LimitName, text: string): number | null {
  const trimmed = text.trim();
  if (name === "monthlyBudgetMicros") {
    if (!/^\d{1,9}(?:\.\d{1,6})?$/.test(trimmed)) return null;
    return Math.round(Number(trimmed) * MICROS);
  }
  return /^\d{1,12}$/.test(trimmed) ? Number(trimmed) : null;
}

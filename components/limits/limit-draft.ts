import { fromFieldText, LIMIT_NAMES, toFieldText } from "@/components/limits/limit-words.ts";
import type { ChangeLimits, LimitName } from "@/lib/router/schema.ts";

/** A limit while it is edited. */
export interface LimitDraft {
  readonly mode: "default" | "none" | "own";
  /** Kept while another mode is tried. */
  readonly text: string;
}

type SetLimits = ChangeLimits["limits"];

/** The fields for limits as they are set. */
export function draftOf(set: SetLimits | null): Record<LimitName, LimitDraft> {
  const draft = (name: LimitName): LimitDraft => {
    const value = set?.[name];
    if (value === undefined) return { mode: "default", text: "" };
    return value === null ? { mode: "none", text: "" } : { mode: "own", text: toFieldText(name, value) };
  };
  return {
    requestsPerMinute: draft("requestsPerMinute"),
    tokensPerMinute: draft("tokensPerMinute"),
    concurrentStreams: draft("concurrentStreams"),
    monthlyBudgetMicros: draft("monthlyBudgetMicros"),
  };
}

/** The limits the fields stand for; null while one of them holds no number. */
export function readDrafts(drafts: Readonly<Record<LimitName, LimitDraft>>): SetLimits | null {
  const limits: SetLimits = {};
  for (const name of LIMIT_NAMES) {
    const { mode, text } = drafts[name];
    if (mode === "default") continue;
    const value = mode === "none" ? null : fromFieldText(name, text);
    if (mode === "own" && value === null) return null;
    limits[name] = value;
  }
  return limits;
}

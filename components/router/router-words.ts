import type { BadgeTone } from "@/components/ui/badge.tsx";
import type { RouterState, TargetStateView } from "@/lib/router/schema.ts";

/** A state in a word or two; the tone repeats what the words say. */
export interface StateWords {
  readonly tone: BadgeTone;
  readonly words: string;
  /** What it means for requests. */
  readonly meaning: string;
}

/** "350 ms", "1.4 s", "2 min". */
export function durationWords(valueMs: number): string {
  if (valueMs < 1000) return `${Math.round(valueMs)} ms`;
  const seconds = valueMs / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** How a target stands with the router. */
export function targetWords({ breaker, coolingForMs, calls }: TargetStateView): StateWords {
  const wait = coolingForMs > 0 ? `, ${Math.ceil(coolingForMs / 1000)} s` : "";
  if (breaker === "open") {
    return {
      tone: "danger",
      words: `Left out${wait}`,
      meaning: "It failed too often; nothing is sent there.",
    };
  }
  if (breaker === "half_open") {
    return {
      tone: "warn",
      words: "On trial",
      meaning: "One request is let through to see whether it is back.",
    };
  }
  if (coolingForMs > 0) {
    return { tone: "warn", words: `Cooling${wait}`, meaning: "It asked to be left alone for a while." };
  }
  if (calls === 0)
    return { tone: "neutral", words: "Not asked yet", meaning: "No request went there so far." };
  return { tone: "good", words: "Answers", meaning: "Requests go there." };
}

const FAULT_WORDS: Readonly<Record<string, string>> = {
  connect_failed: "could not be reached",
  connect_timeout: "could not be reached in time",
  first_token_timeout: "did not begin in time",
  idle_timeout: "went silent in the middle",
  total_timeout: "did not finish in time",
  connection_cut: "broke the connection",
  incomplete: "ended before its answer was whole",
  bad_reply: "sent something that is no answer",
};

/** Why the latest call failed. */
export function faultWords(fault: string): string {
  return FAULT_WORDS[fault] ?? fault.replaceAll("_", " ").replace(/^status /, "answered with status ");
}

const POLICY_WORDS: Readonly<Record<string, string>> = {
  latency: "the quicker of two places picked at random",
  weighted: "places by their weights",
  affinity: "a conversation stays where it began",
};

/** How a place is chosen, where there is a choice. */
export function policyWords({ policy, targets }: RouterState["models"][number]): string | null {
  return targets.length < 2 ? null : (POLICY_WORDS[policy] ?? policy);
}

/** How an upstream says it does. */
export function healthWords({
  isHealthy,
  credentialError,
  modelErrors,
}: RouterState["upstreams"][number]): StateWords {
  if (credentialError !== null) {
    return { tone: "danger", words: "No token", meaning: `Entra ID gave none: ${credentialError}` };
  }
  if (modelErrors.length > 0) {
    return {
      tone: "danger",
      words: "Not usable",
      meaning: "Something is missing on this machine: see below.",
    };
  }
  if (isHealthy === false) return { tone: "danger", words: "Unwell", meaning: "Its own health check fails." };
  if (isHealthy === true) return { tone: "good", words: "Well", meaning: "Its own health check passes." };
  return { tone: "neutral", words: "Not checked", meaning: "This kind of upstream has no health check." };
}

const CREDENTIAL_WORDS = { none: "no credential", key: "API key", entra_id: "Entra ID" } as const;

/** How the router identifies itself there. */
export function credentialWords(credential: keyof typeof CREDENTIAL_WORDS): string {
  return CREDENTIAL_WORDS[credential];
}

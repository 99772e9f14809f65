import { VERDICT_WORDS } from "@/components/chat/verdict-words.ts";
import { Badge } from "@/components/ui/badge.tsx";
import type { Verdict } from "@/lib/knowledge/schema.ts";

const TONES = { supported: "good", partly: "warn", unsupported: "danger" } as const;

/** How well a quote carries its claim, in a word or two. */
export function VerdictBadge({ verdict }: { readonly verdict: Verdict }) {
  return <Badge tone={TONES[verdict]}>{VERDICT_WORDS[verdict]}</Badge>;
}

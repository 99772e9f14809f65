import { ArrowDown, ArrowUp, Equal, EqualApproximately } from "lucide-react";
import { DIFFERENCE_WORDS } from "@/components/evaluation/run-words.ts";
import { Badge } from "@/components/ui/badge.tsx";
import type { DifferenceVerdict } from "@/lib/evaluation/schema.ts";

const TONES = { better: "good", worse: "danger", same: "neutral", unclear: "neutral" } as const;
const ICONS = { better: ArrowUp, worse: ArrowDown, same: Equal, unclear: EqualApproximately } as const;

/** What a comparison says, in words, with a sign for the quick eye. */
export function DifferenceBadge({ verdict }: { readonly verdict: DifferenceVerdict }) {
  const Icon = ICONS[verdict];
  return (
    <Badge tone={TONES[verdict]} className="max-sm:whitespace-normal!">
      <Icon aria-hidden className="size-3 shrink-0" />
      {DIFFERENCE_WORDS[verdict]}
    </Badge>
  );
}

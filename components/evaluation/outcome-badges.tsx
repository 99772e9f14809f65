import { PROBLEM_WORDS } from "@/components/evaluation/run-words.ts";
import { Badge } from "@/components/ui/badge.tsx";
import type { RunItem } from "@/lib/evaluation/schema.ts";

/** How a question went, in words. */
export function OutcomeBadges({ item }: { readonly item: Pick<RunItem, "problems"> }) {
  if (item.problems.length === 0) return <Badge tone="good">As expected</Badge>;
  return (
    <span className="flex flex-wrap gap-1">
      {item.problems.map((problem) => (
        <Badge key={problem} tone={problem === "error" ? "danger" : "warn"} className="whitespace-normal!">
          {PROBLEM_WORDS[problem]}
        </Badge>
      ))}
    </span>
  );
}

"use client";

import { usePathname, useRouter } from "next/navigation";
import { countWords } from "@/components/evaluation/format-figure.ts";
import { useTimeWords } from "@/components/evaluation/local-time.tsx";
import { changedSettings, comparisonSentence, settingsLine } from "@/components/evaluation/run-words.ts";
import { Field, Select } from "@/components/ui/input.tsx";
import type { Comparison, Run } from "@/lib/evaluation/schema.ts";

export interface ComparisonHeaderProps {
  readonly run: Run;
  /** Runs over the same dataset that can be compared with. */
  readonly others: readonly Run[];
  readonly comparison: Comparison | null;
}

/** Chooses the run to compare with and says in a sentence what differs. */
export function ComparisonHeader({ run, others, comparison }: ComparisonHeaderProps) {
  const router = useRouter();
  const path = usePathname();
  const timeWords = useTimeWords();
  const baseline = others.find((other) => other.id === comparison?.baselineId);
  if (others.length === 0) {
    return (
      <p className="text-muted">This is the first run over this dataset; the next one is compared with it.</p>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <div className="max-w-xl">
        <Field label="Compare with">
          {(control) => (
            <Select
              {...control}
              value={baseline?.id ?? "none"}
              onChange={(event) => router.replace(`${path}?with=${event.target.value}`, { scroll: false })}
            >
              <option value="none">No other run</option>
              {others.map((other) => (
                <option key={other.id} value={other.id}>
                  {timeWords(other.createdAt)}: {settingsLine(other.configuration)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      {comparison !== null && baseline !== undefined && (
        <ComparisonWords run={run} baseline={baseline} comparison={comparison} />
      )}
    </div>
  );
}

interface ComparisonWordsProps {
  readonly run: Run;
  readonly baseline: Run;
  readonly comparison: Comparison;
}

function ComparisonWords({ run, baseline, comparison }: ComparisonWordsProps) {
  const changes = changedSettings(run.configuration, baseline.configuration);
  const { pairedItems, unpairedItems, changedItems } = comparison;
  return (
    <div role="status" className="max-w-measure">
      <p className="font-medium">{comparisonSentence(comparison.metrics)}</p>
      <p className="text-muted text-sm">
        {changes.length === 0 ? "The settings are the same. " : `${changes.join("; ")}. `}
        {changedItems.length === 0
          ? "No question changed. "
          : `${countWords(changedItems.length, "question")} changed. `}
        {unpairedItems > 0 &&
          `Differences are over the ${countWords(pairedItems, "question")} that both runs hold; ${unpairedItems} have no partner.`}
      </p>
    </div>
  );
}

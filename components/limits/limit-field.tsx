import type { LimitDraft } from "@/components/limits/limit-draft.ts";
import { amountWords, fromFieldText, LIMIT_WORDS } from "@/components/limits/limit-words.ts";
import { Field, Input, Select } from "@/components/ui/input.tsx";
import type { LimitName } from "@/lib/router/schema.ts";

export interface LimitFieldProps {
  readonly name: LimitName;
  readonly draft: LimitDraft;
  readonly byDefault: number | null;
  readonly onChange: (draft: LimitDraft) => void;
}

/** One limit: the default, none, or a number of its own. */
export function LimitField({ name, draft, byDefault, onChange }: LimitFieldProps) {
  const words = LIMIT_WORDS[name];
  const isBudget = name === "monthlyBudgetMicros";
  const isWrong = draft.mode === "own" && draft.text !== "" && fromFieldText(name, draft.text) === null;
  const error = isBudget ? "Enter an amount such as 50 or 12.50." : "Enter a whole number.";
  return (
    <Field label={words} error={isWrong ? error : null}>
      {({ id, ...described }) => (
        <div className="flex gap-2">
          <Select
            id={id}
            value={draft.mode}
            onChange={(event) => onChange({ ...draft, mode: event.target.value as LimitDraft["mode"] })}
            className="flex-1"
          >
            <option value="default">
              As by default ({byDefault === null ? "no limit" : amountWords(name, byDefault)})
            </option>
            <option value="own">A limit of</option>
            <option value="none">No limit</option>
          </Select>
          {draft.mode === "own" && (
            <Input
              {...described}
              aria-label={`${words}, limit`}
              inputMode={isBudget ? "decimal" : "numeric"}
              required
              value={draft.text}
              onChange={(event) => onChange({ ...draft, text: event.target.value })}
              className="w-32! shrink-0"
            />
          )}
        </div>
      )}
    </Field>
  );
}

import { ChevronLeft, ChevronRight } from "lucide-react";
import { IconButton } from "@/components/ui/button.tsx";

export interface BranchSwitcherProps {
  /** Ids of all versions, oldest first. */
  readonly ids: readonly string[];
  readonly currentId: string;
  /** What is switched, e.g. "answer". */
  readonly noun: string;
  readonly isDisabled: boolean;
  readonly onSelect: (id: string) => void;
}

/** "‹ 2 / 3 ›" between versions of one message; nothing when there is only one. */
export function BranchSwitcher({ ids, currentId, noun, isDisabled, onSelect }: BranchSwitcherProps) {
  const index = ids.indexOf(currentId);
  if (ids.length < 2 || index < 0) return null;
  const previous = ids[index - 1];
  const next = ids[index + 1];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring form semantics into the text.
    <div
      role="group"
      aria-label={`Versions of this ${noun}`}
      className="flex items-center text-muted text-sm"
    >
      <IconButton
        label={`Previous ${noun}`}
        disabled={isDisabled || previous === undefined}
        onClick={() => previous && onSelect(previous)}
      >
        <ChevronLeft aria-hidden />
      </IconButton>
      <span className="tabular-nums">
        {index + 1} / {ids.length}
      </span>
      <IconButton
        label={`Next ${noun}`}
        disabled={isDisabled || next === undefined}
        onClick={() => next && onSelect(next)}
      >
        <ChevronRight aria-hidden />
      </IconButton>
    </div>
  );
}

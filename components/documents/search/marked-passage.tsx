import { Fragment, useMemo } from "react";
import { matchingRanges } from "@/components/documents/search/matching-ranges.ts";
import { classNames } from "@/components/ui/class-names.ts";

export interface MarkedPassageProps {
  readonly text: string;
  readonly query: string;
  /** Whether line ends mean something; in pages that were printed they do not. */
  readonly keepsLines: boolean;
}

/** A passage with the words of the question marked. */
export function MarkedPassage({ text, query, keepsLines }: MarkedPassageProps) {
  const ranges = useMemo(() => matchingRanges(query, text), [query, text]);
  let from = 0;
  return (
    <p
      className={classNames(
        "font-serif leading-relaxed [overflow-wrap:anywhere]",
        keepsLines && "whitespace-pre-line",
      )}
    >
      {ranges.map(([start, end]) => {
        const before = text.slice(from, start);
        from = end;
        return (
          <Fragment key={start}>
            {before}
            <mark>{text.slice(start, end)}</mark>
          </Fragment>
        );
      })}
      {text.slice(from)}
    </p>
  );
}

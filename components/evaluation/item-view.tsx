import Link from "next/link";
import { ExpectedList } from "@/components/evaluation/expected-list.tsx";
import { ItemFigures, ItemTimings } from "@/components/evaluation/item-figures.tsx";
import { MeasuredAnswer } from "@/components/evaluation/measured-answer.tsx";
import { OutcomeBadges } from "@/components/evaluation/outcome-badges.tsx";
import { Section } from "@/components/evaluation/page-frame.tsx";
import { PassageList } from "@/components/evaluation/passage-list.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import type { RunItemDetail } from "@/lib/evaluation/schema.ts";

export interface ItemViewProps {
  readonly detail: RunItemDetail;
  /** What the error table says of the item's error. */
  readonly errorMessage: string | null;
  readonly previousHref: string | null;
  readonly nextHref: string | null;
}

/** One measured question: what was expected, what came, what it came from. */
export function ItemView({ detail, errorMessage, previousHref, nextHref }: ItemViewProps) {
  const { trace, scores, answer } = detail;
  const { outcome } = trace;
  return (
    <>
      <div className="-mt-4 flex flex-wrap items-center gap-2 text-sm">
        <OutcomeBadges item={detail} />
        {trace.item.tags.length > 0 && <span className="text-muted">Tags: {trace.item.tags.join(", ")}</span>}
      </div>
      {outcome === null && (
        <Notice tone="danger">
          This question ended with an error: {errorMessage ?? "unknown."} ({detail.errorCode})
        </Notice>
      )}
      <Section title="Expected">
        <ExpectedList trace={trace} />
      </Section>
      {outcome !== null && (
        <>
          <Section title="Answer">
            <MeasuredAnswer
              answer={answer}
              outcome={outcome}
              hasExpectedSources={trace.item.expectedSources.length > 0}
            />
          </Section>
          <Section title="Figures">
            <ItemFigures scores={scores} />
          </Section>
          <Section title="Retrieved passages" note="Best first, as the search ranked them.">
            <PassageList results={outcome.results} />
          </Section>
          <Section title="Time and search">
            <ItemTimings outcome={outcome} />
          </Section>
        </>
      )}
      <nav aria-label="Questions" className="flex justify-between gap-4 border-line border-t pt-4 text-sm">
        {previousHref === null ? <span /> : <NeighbourLink href={previousHref} label="Previous question" />}
        {nextHref !== null && <NeighbourLink href={nextHref} label="Next question" />}
      </nav>
    </>
  );
}

function NeighbourLink({ href, label }: { readonly href: string; readonly label: string }) {
  return (
    <Link href={href} className="text-accent underline-offset-4 hover:underline">
      {label}
    </Link>
  );
}

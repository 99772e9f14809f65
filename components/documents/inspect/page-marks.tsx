import { Notice } from "@/components/ui/notice.tsx";
import type { IndexPage } from "@/lib/knowledge/schema.ts";

/** So many page numbers are listed; thousands help nobody. */
const LISTED_MAX = 60;

export interface PageMarksProps {
  readonly pages: readonly IndexPage[];
  readonly onPage: (page: number) => void;
}

/** The pages that need a word: those without readable text, and those whose text was recognised from pictures. */
export function PageMarks({ pages, onPage }: PageMarksProps) {
  const inState = (state: IndexPage["state"]) => pages.filter((page) => page.state === state);
  return (
    <>
      <PageNumbers
        tone="warn"
        words="No readable text, so searches cannot find anything on"
        pages={inState("unreadable")}
        onPage={onPage}
      />
      <PageNumbers
        tone="neutral"
        words="Text recognised from pictures (OCR), which may hold mistakes, on"
        pages={inState("ocr")}
        onPage={onPage}
      />
      <PageNumbers
        tone="neutral"
        words="Waiting for text recognition:"
        pages={inState("pending")}
        onPage={onPage}
      />
    </>
  );
}

interface PageNumbersProps extends PageMarksProps {
  readonly tone: "warn" | "neutral";
  readonly words: string;
}

function PageNumbers({ tone, words, pages, onPage }: PageNumbersProps) {
  if (pages.length === 0) return null;
  return (
    <Notice tone={tone}>
      {words} {pages.length === 1 ? "page" : "pages"}{" "}
      {pages.slice(0, LISTED_MAX).map(({ page }, index) => (
        <span key={page}>
          {index > 0 && ", "}
          <button
            type="button"
            aria-label={`Go to page ${page}`}
            className="tabular-nums underline underline-offset-2"
            onClick={() => onPage(page)}
          >
            {page}
          </button>
        </span>
      ))}
      {pages.length > LISTED_MAX && ` and ${pages.length - LISTED_MAX} more`}.
    </Notice>
  );
}

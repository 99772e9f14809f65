import { ChevronLeft, ChevronRight } from "lucide-react";
import { IconButton } from "@/components/ui/button.tsx";
import { Select } from "@/components/ui/input.tsx";
import type { IndexPage } from "@/lib/knowledge/schema.ts";

export interface PageChooserProps {
  readonly pages: readonly IndexPage[];
  readonly page: number;
  readonly onPage: (page: number) => void;
}

const MARKS: Readonly<Record<IndexPage["state"], string>> = {
  text: "",
  ocr: ", recognised",
  unreadable: ", unreadable",
  pending: ", waiting",
};

/** Turns pages, or jumps to one. */
export function PageChooser({ pages, page, onPage }: PageChooserProps) {
  const at = pages.findIndex((candidate) => candidate.page === page);
  const turn = (by: 1 | -1) => {
    const next = pages[at + by];
    if (next !== undefined) onPage(next.page);
  };
  return (
    <nav aria-label="Pages of the document" className="flex flex-wrap items-center gap-1">
      <IconButton label="Previous page" disabled={at <= 0} onClick={() => turn(-1)}>
        <ChevronLeft aria-hidden />
      </IconButton>
      <Select
        aria-label="Page"
        className="h-9! w-auto! max-w-64 text-sm"
        value={page}
        onChange={(event) => onPage(Number(event.target.value))}
      >
        {pages.map((candidate) => (
          <option key={candidate.page} value={candidate.page}>
            {pageName(candidate)}
            {MARKS[candidate.state]}
          </option>
        ))}
      </Select>
      <IconButton label="Next page" disabled={at >= pages.length - 1} onClick={() => turn(1)}>
        <ChevronRight aria-hidden />
      </IconButton>
      <span className="ml-1 text-muted text-sm tabular-nums">of {pages.length}</span>
    </nav>
  );
}

/** "Page 3", or what stands for pages in this kind of file. */
export function pageName({ page, label }: Pick<IndexPage, "page" | "label">): string {
  return label ?? `Page ${page}`;
}

import { ChevronLeft, ChevronRight } from "lucide-react";
import type { DocumentListState } from "@/components/documents/list/use-document-list.ts";
import { IconButton } from "@/components/ui/button.tsx";

/** Turns the pages of a long list; nothing for a short one. */
export function ListPager({ page, hasNext, turn }: Pick<DocumentListState, "page" | "hasNext" | "turn">) {
  if (page === 1 && !hasNext) return null;
  return (
    <nav aria-label="Pages of the list" className="flex items-center justify-center gap-2 text-sm">
      <IconButton label="Previous page" disabled={page === 1} onClick={() => turn("previous")}>
        <ChevronLeft aria-hidden />
      </IconButton>
      <span aria-live="polite" className="min-w-16 text-center tabular-nums">
        Page {page}
      </span>
      <IconButton label="Next page" disabled={!hasNext} onClick={() => turn("next")}>
        <ChevronRight aria-hidden />
      </IconButton>
    </nav>
  );
}

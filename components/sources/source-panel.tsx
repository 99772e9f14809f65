"use client";

import { ExternalLink, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { VerdictBadge } from "@/components/chat/verdict-badge.tsx";
import { PdfSource } from "@/components/sources/pdf-source.tsx";
import type { SourceTarget } from "@/components/sources/source-target.ts";
import { TextSource } from "@/components/sources/text-source.tsx";
import { VersionNotice } from "@/components/sources/version-notice.tsx";
import { Button, IconButton } from "@/components/ui/button.tsx";
import { classNames } from "@/components/ui/class-names.ts";

export interface SourcePanelProps {
  readonly target: SourceTarget;
  /** True when there is no room beside the conversation. */
  readonly isCovering: boolean;
  readonly onClose: () => void;
}

/** The document behind a citation, as a second page beside the first; Escape closes it. */
export function SourcePanel({ target, isCovering, onClose }: SourcePanelProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each newly opened source takes the focus.
  useEffect(() => void heading.current?.focus({ preventScroll: true }), [target]);
  return (
    <aside
      aria-label="Source"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
      className={classNames(
        "flex h-full min-w-0 animate-appear flex-col bg-sunken",
        isCovering ? "fixed inset-0 z-40" : "w-1/2 max-w-3xl shrink-0 border-line border-l",
      )}
    >
      <header className="flex h-13 shrink-0 items-center gap-2 border-line border-b bg-paper pr-2 pl-4">
        <h2
          ref={heading}
          tabIndex={-1}
          className="min-w-0 flex-1 truncate font-medium text-sm outline-none"
          title={target.title}
        >
          {target.title}
        </h2>
        <Button asChild variant="quiet" size="small">
          <a
            href={`/api/documents/${target.documentId}/content?version=${target.versionId}`}
            target="_blank"
            rel="noopener"
          >
            <ExternalLink aria-hidden />
            Open original
          </a>
        </Button>
        <IconButton label="Close source" onClick={onClose}>
          <X aria-hidden />
        </IconButton>
      </header>
      <VersionNotice target={target} />
      <Quote target={target} />
      {target.mediaType === "application/pdf" ? (
        <PdfSource key={target.versionId} target={target} />
      ) : (
        <TextSource target={target} />
      )}
    </aside>
  );
}

function Quote({ target }: { readonly target: SourceTarget }) {
  return (
    <div className="shrink-0 border-line border-b bg-paper px-4 py-3">
      <div className="mb-1 flex items-center gap-2 text-muted text-sm">
        {target.marker === undefined ? "Passage" : `Citation ${target.marker}`}
        {target.verdict && <VerdictBadge verdict={target.verdict} />}
      </div>
      <section
        aria-label="Quote"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
        tabIndex={0}
        className="max-h-28 overflow-y-auto rounded"
      >
        <blockquote className="font-serif leading-snug">{target.quote}</blockquote>
      </section>
    </div>
  );
}

"use client";

import { type ComponentProps, memo, useMemo } from "react";
import Markdown, { type Components, type Options } from "react-markdown";
import remarkGfm from "remark-gfm";
import { CitationMark } from "@/components/chat/citation-mark.tsx";
import { remarkEvidence } from "@/components/chat/remark-evidence.ts";
import { safeHref } from "@/components/chat/safe-href.ts";
import { splitBlocks, type TextBlock } from "@/components/chat/split-blocks.ts";
import { VERDICT_WORDS } from "@/components/chat/verdict-words.ts";
import type { CheckData } from "@/lib/chat/schema.ts";

export interface AnswerTextProps {
  readonly text: string;
  /** Numbers that have a citation. */
  readonly markers: readonly number[];
  readonly sentences: CheckData["sentences"];
}

const NO_SENTENCES: CheckData["sentences"] = [];

/** An answer as formatted text. Only the block that still grows is parsed again when a piece arrives. */
export function AnswerText({ text, markers, sentences }: AnswerTextProps) {
  return (
    <div className="prose-reading">
      {splitBlocks(text).map((block) => (
        <AnswerBlock
          key={block.start}
          text={block.text}
          start={block.start}
          markerKey={markers.filter((marker) => block.text.includes(`[${marker}]`)).join(",")}
          sentences={sentencesIn(block, sentences)}
        />
      ))}
    </div>
  );
}

function sentencesIn(block: TextBlock, sentences: CheckData["sentences"]): CheckData["sentences"] {
  const end = block.start + block.text.length;
  const marked = sentences.some(
    (sentence) => sentence.verdict !== "supported" && sentence.start < end && sentence.end > block.start,
  );
  // One constant for "none" keeps the finished blocks' props equal from render to render.
  return marked ? sentences : NO_SENTENCES;
}

interface AnswerBlockProps {
  readonly text: string;
  readonly start: number;
  readonly markerKey: string;
  readonly sentences: CheckData["sentences"];
}

const AnswerBlock = memo(function AnswerBlock({ text, start, markerKey, sentences }: AnswerBlockProps) {
  const plugins = useMemo<Options["remarkPlugins"]>(() => {
    const markers = new Set(markerKey === "" ? [] : markerKey.split(",").map(Number));
    return [remarkGfm, [remarkEvidence, { markers, sentences, blockStart: start }]];
  }, [markerKey, sentences, start]);
  return (
    <div className="prose-block">
      <Markdown remarkPlugins={plugins} components={COMPONENTS} urlTransform={safeHref}>
        {text}
      </Markdown>
    </div>
  );
});

function Superscript({ children, ...rest }: ComponentProps<"sup"> & { readonly "data-marker"?: string }) {
  const marker = Number(rest["data-marker"]);
  return marker > 0 ? <CitationMark marker={marker} /> : <sup>{children}</sup>;
}

type SpanProps = ComponentProps<"span"> & {
  readonly "data-verdict"?: "partly" | "unsupported";
  readonly "data-last"?: string;
};

function VerdictSpan({ children, ...rest }: SpanProps) {
  const verdict = rest["data-verdict"];
  if (!verdict) return <span>{children}</span>;
  return (
    <span
      title={`${VERDICT_WORDS[verdict]} by the sources`}
      className={`underline decoration-dotted decoration-from-font underline-offset-4 ${
        verdict === "unsupported" ? "decoration-danger" : "decoration-warn"
      }`}
    >
      {children}
      {rest["data-last"] && <span className="sr-only"> ({VERDICT_WORDS[verdict]} by the sources)</span>}
    </span>
  );
}

function SafeLink({ href, children }: ComponentProps<"a">) {
  if (!href) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

/** Pictures are never fetched from an answer; their description stands in. */
function ImageWords({ alt }: ComponentProps<"img">) {
  return alt ? <span>[{alt}]</span> : null;
}

const COMPONENTS: Components = { sup: Superscript, span: VerdictSpan, a: SafeLink, img: ImageWords };

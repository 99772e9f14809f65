"use client";

import type { PDFDocumentProxy } from "pdfjs-dist";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { bringIntoView } from "@/components/sources/bring-into-view.ts";
import { highlightBoxes } from "@/components/sources/highlight-boxes.ts";
import { classNames } from "@/components/ui/class-names.ts";
import type { DocumentPage } from "@/lib/knowledge/schema.ts";

/** Pages are drawn at most this wide, in device pixels, however dense the screen. */
const CANVAS_WIDTH_MAX = 2400;

export interface PdfPageProps {
  readonly file: PDFDocumentProxy;
  readonly layout: DocumentPage;
  readonly start: number;
  readonly end: number;
  /** As wide as there is room, however small the words get; otherwise the page may be wider and scrolls. */
  readonly isFitted?: boolean;
}

/** One drawn page with boxes over the words of `[start, end)`, the first of them in view. */
export function PdfPage({ file, layout, start, end, isFitted = false }: PdfPageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const hasFailed = useDrawnPage(canvas, file, layout.page);
  const boxes = useMemo(() => highlightBoxes(layout.runs, start, end), [layout, start, end]);
  const width = layout.width ?? 1;
  const height = layout.height ?? 1;
  const percent = (value: number, of: number) => `${(value / of) * 100}%`;
  return (
    <div
      className={classNames(
        "relative mx-auto w-full max-w-3xl overflow-hidden rounded bg-white shadow-raised",
        !isFitted && "min-w-136",
      )}
      style={{ aspectRatio: `${width} / ${height}` }}
    >
      <canvas
        ref={canvas}
        aria-label={`Page ${layout.page}`}
        role="img"
        className="absolute inset-0 size-full"
      />
      {/* The page's words for screen readers; the canvas is a picture. */}
      <p className="sr-only">{layout.text}</p>
      {boxes.map((box, index) => (
        <div
          key={`${layout.page}:${box.x}:${box.y}`}
          ref={index === 0 ? bringIntoView : undefined}
          role="img"
          aria-label="Highlighted quote"
          className="absolute rounded-sm bg-[#ffd84d]/45 mix-blend-multiply outline outline-[#c99700]/50"
          style={{
            left: percent(box.x, width),
            top: percent(box.y - box.height * 0.08, height),
            width: percent(box.width, width),
            height: percent(box.height * 1.16, height),
          }}
        />
      ))}
      {hasFailed && (
        <p role="alert" className="absolute inset-x-0 top-4 text-center text-[#1c1e20] text-sm">
          This page cannot be drawn.
        </p>
      )}
    </div>
  );
}

/** Draws the page as wide as the canvas is shown; true when that failed. */
function useDrawnPage(
  canvas: RefObject<HTMLCanvasElement | null>,
  file: PDFDocumentProxy,
  page: number,
): boolean {
  const [hasFailed, setHasFailed] = useState(false);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    let isGone = false;
    let cancel: () => void = () => undefined;
    const draw = async () => {
      const proxy = await file.getPage(page);
      if (isGone) return;
      const unscaled = proxy.getViewport({ scale: 1 });
      const wanted = Math.min(element.clientWidth * window.devicePixelRatio, CANVAS_WIDTH_MAX);
      const viewport = proxy.getViewport({ scale: Math.max(wanted, 1) / unscaled.width });
      element.width = Math.round(viewport.width);
      element.height = Math.round(viewport.height);
      const task = proxy.render({ canvas: element, viewport });
      cancel = () => task.cancel();
      await task.promise;
    };
    setHasFailed(false);
    draw().catch(() => {
      if (!isGone) setHasFailed(true);
    });
    return () => {
      isGone = true;
      cancel();
    };
  }, [canvas, file, page]);
  return hasFailed;
}

"use client";

import { useCallback, useRef, useState, useSyncExternalStore } from "react";
import type { SourceTarget } from "@/components/sources/source-target.ts";

/** Below this width the panel covers the conversation instead of standing beside it. */
const COVERING = "(max-width: 1023px)";

function subscribe(onChange: () => void) {
  const query = window.matchMedia(COVERING);
  query.addEventListener("change", onChange);
  return () => query.removeEventListener("change", onChange);
}

/** Which source is open, and where the focus returns to. */
export function useSourcePanel() {
  const [target, setTarget] = useState<SourceTarget | null>(null);
  const opener = useRef<HTMLElement | null>(null);
  const isCovering = useSyncExternalStore(
    subscribe,
    () => window.matchMedia(COVERING).matches,
    () => false,
  );
  const open = useCallback((next: SourceTarget, from: HTMLElement) => {
    opener.current = from;
    setTarget(next);
  }, []);
  const close = useCallback(() => {
    setTarget(null);
    // After the next paint: until then the conversation behind a covering panel cannot take the focus.
    requestAnimationFrame(() => opener.current?.focus());
  }, []);
  return { target, isCovering, open, close };
}

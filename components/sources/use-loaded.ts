"use client";

import { useCallback, useEffect, useRef, useState } from "react";

/** Something that is fetched: on its way, there, or failed. */
export type Loaded<Value> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: Value }
  | { readonly state: "failed"; readonly error: unknown };

/**
 * Runs `load` on mount and whenever it changes (wrap it in `useCallback`), and again on `retry`. A result that comes
 * too late is dropped.
 */
export function useLoaded<Value>(load: (signal: AbortSignal) => Promise<Value>) {
  const [loaded, setLoaded] = useState<Loaded<Value>>({ state: "loading" });
  const running = useRef<AbortController>(undefined);
  const run = useCallback(() => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setLoaded({ state: "loading" });
    load(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setLoaded({ state: "ready", value });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setLoaded({ state: "failed", error });
      },
    );
  }, [load]);
  useEffect(() => {
    run();
    return () => running.current?.abort();
  }, [run]);
  return { loaded, retry: run };
}

"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { z } from "zod";
import { requestJson } from "@/components/http/request-json.ts";

/** What a page shows of something that changes by itself. */
export interface Polled<Data> {
  readonly data: Data;
  /** True while the latest attempt to read it failed: what is shown is old. */
  readonly isStale: boolean;
  /** Reads it now. */
  readonly refresh: () => void;
}

/** Reads an address of our API again and again while the page can be seen, and at once when it is seen again. */
export function usePolled<Schema extends z.ZodType, Initial>(
  path: string,
  schema: Schema,
  { initial, everyMs }: { readonly initial: Initial; readonly everyMs: number },
): Polled<z.output<Schema> | Initial> {
  const [live, setLive] = useState<{ data: z.output<Schema> | Initial; isStale: boolean }>({
    data: initial,
    isStale: false,
  });
  const readNow = useRef(() => {});
  const isFirstNeeded = initial === null;
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isReading = false;
    const read = async () => {
      clearTimeout(timer);
      isReading = true;
      try {
        const data = await requestJson(path, schema, { signal: stop.signal });
        setLive({ data, isStale: false });
      } catch {
        if (!stop.signal.aborted) setLive((shown) => ({ ...shown, isStale: true }));
      }
      isReading = false;
      schedule();
    };
    const schedule = () => {
      const isWanted = document.visibilityState === "visible" && !stop.signal.aborted;
      timer = isWanted ? setTimeout(() => void read(), everyMs) : undefined;
    };
    const onVisibility = () => {
      if (isReading) return;
      clearTimeout(timer);
      if (document.visibilityState === "visible") void read();
    };
    readNow.current = () => void (isReading || read());
    if (isFirstNeeded) void read();
    else schedule();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }, [path, schema, everyMs, isFirstNeeded]);
  const refresh = useCallback(() => readNow.current(), []);
  return { ...live, refresh };
}

"use client";

import { useEffect, useState } from "react";
import { requestJson } from "@/components/http/request-json.ts";
import { type RouterState, routerStateSchema } from "@/lib/router/schema.ts";

/** How often the state is read while somebody looks. */
const POLL_MS = 2000;

/** The state shown, and whether the latest attempt to read it failed. */
export interface LiveRouterState {
  readonly state: RouterState;
  readonly isStale: boolean;
}

/** The router's state as the page got it, kept up to date while the page can be seen. */
export function useRouterState(initial: RouterState): LiveRouterState {
  const [live, setLive] = useState<LiveRouterState>({ state: initial, isStale: false });
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isReading = false;
    const read = async () => {
      isReading = true;
      try {
        const state = await requestJson("/api/admin/router", routerStateSchema, { signal: stop.signal });
        setLive({ state, isStale: false });
      } catch {
        if (!stop.signal.aborted) setLive((shown) => ({ ...shown, isStale: true }));
      }
      isReading = false;
      schedule();
    };
    const schedule = () => {
      const isWanted = document.visibilityState === "visible" && !stop.signal.aborted;
      timer = isWanted ? setTimeout(() => void read(), POLL_MS) : undefined;
    };
    const onVisibility = () => {
      if (isReading) return;
      clearTimeout(timer);
      timer = undefined;
      // A page that comes back into sight is read at once.
      if (document.visibilityState === "visible") void read();
    };
    schedule();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }, []);
  return live;
}

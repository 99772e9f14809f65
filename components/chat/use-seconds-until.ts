"use client";

import { useEffect, useState } from "react";

function secondsUntil(atMs: number | null): number {
  return atMs === null ? 0 : Math.max(0, Math.ceil((atMs - Date.now()) / 1000));
}

/** Whole seconds until a moment, counted down; 0 once it has come, or when there is none. */
export function useSecondsUntil(atMs: number | null): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    setSeconds(secondsUntil(atMs));
    if (secondsUntil(atMs) === 0) return;
    const timer = setInterval(() => {
      const left = secondsUntil(atMs);
      setSeconds(left);
      if (left === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [atMs]);
  return seconds;
}

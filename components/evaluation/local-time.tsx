"use client";

import { useSyncExternalStore } from "react";

const subscribeToNothing = () => () => undefined;

function formatTime(iso: string, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone }).format(
    new Date(iso),
  );
}

/**
 * Formats points in time for the reader's own zone. The server does not know the zone and writes UTC; the browser
 * mends it after the first paint.
 */
export function useTimeWords(): (iso: string) => string {
  const isBrowser = useSyncExternalStore(
    subscribeToNothing,
    () => true,
    () => false,
  );
  return (iso) => formatTime(iso, isBrowser ? undefined : "UTC");
}

/** A point in time in the reader's own zone. */
export function LocalTime({ iso }: { readonly iso: string }) {
  const timeWords = useTimeWords();
  return <time dateTime={iso}>{timeWords(iso)}</time>;
}

/** A server that asks for a longer wait than this is not believed: clocks and units go wrong. */
const LONGEST_WAIT_MS = 10 * 60_000;

/**
 * Milliseconds a refusal asks to wait: `retry-after-ms` (OpenAI, Azure), `x-ms-retry-after-ms`, or `Retry-After` in
 * seconds or as a date (RFC 9110, section 10.2.3).
 *
 * @returns undefined when nothing usable stands there: absent, negative, or beyond ten minutes.
 */
export function readRetryAfterMs(
  headers: Readonly<Record<string, string | undefined>>,
  nowMs: number,
): number | undefined {
  for (const name of ["retry-after-ms", "x-ms-retry-after-ms"]) {
    const milliseconds = sane(toNumber(headers[name]));
    if (milliseconds !== undefined) return milliseconds;
  }
  const standard = headers["retry-after"];
  if (standard === undefined) return undefined;
  const seconds = toNumber(standard);
  return sane(seconds === undefined ? Date.parse(standard) - nowMs : seconds * 1000);
}

function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function sane(milliseconds: number | undefined): number | undefined {
  if (milliseconds === undefined || !Number.isFinite(milliseconds)) return undefined;
  return milliseconds < 0 || milliseconds > LONGEST_WAIT_MS ? undefined : milliseconds;
}

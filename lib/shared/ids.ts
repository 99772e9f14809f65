import { z } from "zod";

/** A UUIDv7 in lower-case canonical text form. */
export const idSchema = z.uuid();

let lastTimeMs = 0;
let counter = 0;

/**
 * Makes a UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, a 12-bit counter that keeps ids made in one
 * process and one millisecond in order, and 62 random bits. Ids sort by creation time.
 *
 * @param nowMs Unix time in milliseconds; the clock by default.
 */
export function newId(nowMs: number = Date.now()): string {
  if (nowMs > lastTimeMs) {
    lastTimeMs = nowMs;
    counter = crypto.getRandomValues(new Uint16Array(1))[0] as number;
    counter &= 0x3ff;
  } else {
    counter += 1;
    if (counter > 0xfff) {
      counter = 0;
      lastTimeMs += 1;
    }
  }
  const random = crypto.getRandomValues(new Uint8Array(8));
  random[0] = ((random[0] as number) & 0x3f) | 0x80;
  const time = lastTimeMs.toString(16).padStart(12, "0");
  const tail = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const versioned = (0x7000 | counter).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-${versioned}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

/** True when the text has the form of an id; used before a foreign string reaches a uuid column. */
export function isId(value: unknown): value is string {
  return idSchema.safeParse(value).success;
}

import { z } from "zod";

/** A UUIDv7 in lower-case canonical text form. */
export const idSchema = z.uuid();

let lastTimeMs = 0;
let counter = 0;

/** Random bytes are fetched in stock: asking for eight at a time costs more than all the rest of an id. */
const stock = new Uint8Array(2_048);
let stockUsed = stock.length;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function randomByte(): number {
  if (stockUsed === stock.length) {
    crypto.getRandomValues(stock);
    stockUsed = 0;
  }
  stockUsed += 1;
  return stock[stockUsed - 1] as number;
}

const randomHex = () => HEX[randomByte()] as string;

/**
 * Makes a UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, a 12-bit counter that keeps ids made in one
 * process and one millisecond in order, and 62 random bits. Ids sort by creation time.
 *
 * @param nowMs Unix time in milliseconds; the clock by default.
 */
export function newId(nowMs: number = Date.now()): string {
  if (nowMs > lastTimeMs) {
    lastTimeMs = nowMs;
    counter = ((randomByte() << 8) | randomByte()) & 0x3ff;
  } else {
    counter += 1;
    if (counter > 0xfff) {
      counter = 0;
      lastTimeMs += 1;
    }
  }
  const time = lastTimeMs.toString(16).padStart(12, "0");
  const variant = HEX[(randomByte() & 0x3f) | 0x80] as string;
  const clock = variant + randomHex();
  const node = randomHex() + randomHex() + randomHex() + randomHex() + randomHex() + randomHex();
  const versioned = (0x7000 | counter).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-${versioned}-${clock}-${node}`;
}

/** True when the text has the form of an id; used before a foreign string reaches a uuid column. */
export function isId(value: unknown): value is string {
  return idSchema.safeParse(value).success;
}

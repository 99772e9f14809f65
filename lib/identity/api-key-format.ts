import { hash, randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const START = "vch_";
const RANDOM_LENGTH = 30;
const CHECKSUM_LENGTH = 6;
const FORM = /^vch_[0-9A-Za-z]{36}$/;

/** How much of a key is kept in clear to recognise it. */
const PREFIX_LENGTH = START.length + 6;

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = "";
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = ALPHABET.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** A new key: `vch_`, 30 random base62 characters (178 bits), 6 of CRC32 so that typing errors need no look-up. */
export function makeApiKey(): string {
  let body = START;
  for (let place = 0; place < RANDOM_LENGTH; place += 1) body += ALPHABET.charAt(randomInt(62));
  return body + checksum(body);
}

/** True for text of the form of a key with a right checksum; says nothing about whether the key exists. */
export function isApiKey(text: string): boolean {
  return FORM.test(text) && checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);
}

/** SHA-256 of the whole key, hex: what is stored. A key is random enough that a slow hash would add nothing. */
export function hashApiKey(key: string): string {
  return hash("sha256", key, "hex");
}

/** The first characters of a key, shown in lists. */
export function apiKeyPrefix(key: string): string {
  return key.slice(0, PREFIX_LENGTH);
}

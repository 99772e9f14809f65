import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { createTurns } from "./take-turns.ts";

/** OWASP's parameters for scrypt: 2^15 rounds of 8 blocks, 32 MiB each, about a tenth of a second. */
const COST = 2 ** 15;
const BLOCK_SIZE = 8;
const PARALLELISM = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const MEMORY_MAX_BYTES = 64 * 1024 * 1024;

/** Two at once: the thread pool also serves files and DNS, and each takes 32 MiB. */
const takeTurn = createTurns({ runningMax: 2, waitingMax: 64 });

function derive(password: string, salt: Buffer, lengthBytes: number, cost: ScryptOptions): Promise<Buffer> {
  // Normalised, so that the same password typed on another keyboard is the same bytes.
  const text = password.normalize("NFKC");
  return takeTurn(
    () =>
      new Promise((resolve, reject) => {
        scrypt(text, salt, lengthBytes, { ...cost, maxmem: MEMORY_MAX_BYTES }, (error, key) =>
          error === null ? resolve(key) : reject(error),
        );
      }),
  );
}

/** Hashes a password for storage, as `scrypt$N$r$p$salt$hash` with salt and hash in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, HASH_BYTES, { N: COST, r: BLOCK_SIZE, p: PARALLELISM });
  return [
    "scrypt",
    COST,
    BLOCK_SIZE,
    PARALLELISM,
    salt.toString("base64url"),
    hash.toString("base64url"),
  ].join("$");
}

/**
 * True when the password is the one that was hashed. Without a stored hash the same work is done and the answer is
 * no, so that the time taken does not tell which accounts exist.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [scheme, cost, blockSize, parallelism, salt, hash] = (stored ?? "").split("$");
  if (scheme !== "scrypt" || salt === undefined || hash === undefined) {
    await derive(password, randomBytes(SALT_BYTES), HASH_BYTES, {
      N: COST,
      r: BLOCK_SIZE,
      p: PARALLELISM,
    });
    return false;
  }
  const expected = Buffer.from(hash, "base64url");
  const actual = await derive(password, Buffer.from(salt, "base64url"), expected.length, {
    N: Number(cost),
    r: Number(blockSize),
    p: Number(parallelism),
  });
  return timingSafeEqual(actual, expected);
}

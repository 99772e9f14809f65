import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { programSecret } from "./secrets.ts";

/** AES-256-GCM (NIST SP 800-38D): 96-bit nonces, drawn anew for every text, and the full tag. */
const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a text is sealed for; opening it for anything else fails. */
export interface SealedFor {
  /** A constant of the program: each has a key of its own. */
  readonly purpose: string;
  /** The one thing it belongs to, such as ids; authenticated, not kept. */
  readonly owner: string;
}

/**
 * Encrypts a short secret with a key of this installation, bound to its purpose and its owner. Base64url of nonce, tag
 * and ciphertext.
 *
 * @param deps the key; by default derived from the program's secret.
 */
export function sealText(text: string, { purpose, owner }: SealedFor, deps = { programSecret }): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, deps.programSecret(purpose), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(owner));
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
}

/** What was sealed; null when it was sealed for something else, with another key, or changed since. */
export function openSealed(
  sealed: string,
  { purpose, owner }: SealedFor,
  deps = { programSecret },
): string | null {
  const bytes = Buffer.from(sealed, "base64url");
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, deps.programSecret(purpose), nonce, {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(owner));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
  } catch {
    // The one thing `final` can say: the tag does not fit.
    return null;
  }
}

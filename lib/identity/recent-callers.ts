import { hash } from "node:crypto";
import { type HeaderSource, readCredential } from "./read-credential.ts";
import type { Principal } from "./schema.ts";
import { sessionCookieName } from "./session-token.ts";

/** After so long without a request a caller is a stranger again. */
const KEPT_MS = 10_000;
const CALLERS_MAX = 1_000;

interface Caller {
  readonly principal: Principal;
  readonly seenMs: number;
}

/**
 * Who presented which credential a moment ago, so that a route may begin to read while the credential is checked again.
 * A memory is no right: nothing that was read is answered before the check agrees. Credentials are kept as hashes.
 */
export class RecentCallers {
  readonly #nowMs: () => number;
  readonly #callers = new Map<string, Caller>();

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Who the sender of these headers was when last checked; null for strangers. */
  recall(headers: HeaderSource): Principal | null {
    const known = this.#callers.get(credentialOf(headers) ?? "");
    return known === undefined || this.#nowMs() - known.seenMs > KEPT_MS ? null : known.principal;
  }

  /** Takes note of what a check said; null forgets the caller. */
  note(headers: HeaderSource, principal: Principal | null): void {
    const credential = credentialOf(headers);
    if (credential === null) return;
    this.#callers.delete(credential);
    if (principal === null) return;
    if (this.#callers.size >= CALLERS_MAX) {
      const [oldest] = this.#callers.keys();
      if (oldest !== undefined) this.#callers.delete(oldest);
    }
    this.#callers.set(credential, { principal, seenMs: this.#nowMs() });
  }
}

/** Null without a credential, or with several that contradict each other. */
function credentialOf(headers: HeaderSource): string | null {
  try {
    const credential = readCredential(headers, sessionCookieName());
    if (credential === null) return null;
    return hash("sha256", credential.kind === "key" ? credential.key : credential.token, "base64");
  } catch {
    return null;
  }
}

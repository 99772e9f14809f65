import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { environment } from "../../../platform/env.ts";
import { logger } from "../../../platform/log.ts";
import type { EntraIdConfig } from "../../config/router-config.ts";
import { type IssuedToken, requestToken, type TokenRequestDeps } from "./request-token.ts";
import { TokenError, tokenUpstreamError } from "./token-error.ts";

/** Whose tokens. */
export interface TokenSourceConfig {
  /** Name of the upstream, for errors and logs. */
  readonly name: string;
  readonly entraId: EntraIdConfig;
}

/** The outside of a token source. */
export interface TokenSourceDeps extends TokenRequestDeps {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How a source stands, for the admin page; nothing in it is secret. */
export interface TokenSourceState {
  readonly kind: EntraIdConfig["kind"];
  /** Milliseconds the held token is good for; undefined when none is held. */
  readonly expiresInMs: number | undefined;
  /** Why the last request failed; undefined when it did not. */
  readonly lastError: string | undefined;
}

/** Tokens of Microsoft Entra ID for one upstream. */
export interface TokenSource {
  /**
   * A token that is good for a while: at once when one is held, else a promise of one.
   *
   * @throws UpstreamError by the promise, with `isUnsent`, when there is none to be had.
   */
  token(): string | Promise<string>;
  /**
   * The upstream refused a token with 401. True when a call with another token is worth while: the refused one is
   * forgotten then. A token that was issued just now is not asked for again, since the next would fare no better.
   */
  renew(refused: string): boolean;
  state(): TokenSourceState;
  /** Ends a request under way; afterwards no token is given. */
  close(): void;
}

/** Share of a token's life after which the next one is asked for, while the old one still serves. */
const REFRESH_AT_SHARE = 0.8;

/** A token must outlive the moment at which the upstream looks at it; of short-lived ones a tenth. */
const MARGIN_MS = 30_000;

const ATTEMPTS = 3;
const BACKOFF_MS = 300;
const LONGEST_WAIT_MS = 5_000;

/** After a failure nobody asks for this long, doubling: callers get the last error at once. */
const QUIET_MS = 1_000;
const LONGEST_QUIET_MS = 30_000;

/** A token refused within this time of its issue is refused for what it says, not for its age. */
const FRESH_MS = 60_000;

function realDeps(): TokenSourceDeps {
  const { AZURE_AUTHORITY_HOST, AZURE_POD_IDENTITY_AUTHORITY_HOST, IDENTITY_ENDPOINT, IDENTITY_HEADER } =
    environment();
  return {
    fetch,
    readFile: (path) => readFile(path, "utf8"),
    authorityHost: AZURE_AUTHORITY_HOST,
    metadataHost: AZURE_POD_IDENTITY_AUTHORITY_HOST,
    identityEndpoint: IDENTITY_ENDPOINT,
    identityHeader: IDENTITY_HEADER,
    now: () => performance.now(),
    random: Math.random,
    sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }),
  };
}

/** Makes a source; nothing is asked before the first call of `token`. */
export function createTokenSource(
  config: TokenSourceConfig,
  deps: Partial<TokenSourceDeps> = {},
): TokenSource {
  return new EntraTokenSource(config, { ...realDeps(), ...deps });
}

interface HeldToken {
  readonly token: string;
  readonly issuedAtMs: number;
  readonly refreshAtMs: number;
  readonly expiresAtMs: number;
}

class EntraTokenSource implements TokenSource {
  readonly #config: TokenSourceConfig;
  readonly #deps: TokenSourceDeps;
  readonly #closing = new AbortController();
  #held: HeldToken | undefined;
  #refreshing: Promise<string> | undefined;
  #failures = 0;
  #quietUntilMs = Number.NEGATIVE_INFINITY;
  #lastError: TokenError | undefined;

  constructor(config: TokenSourceConfig, deps: TokenSourceDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  token(): string | Promise<string> {
    const nowMs = this.#deps.now();
    const held = this.#held;
    if (held === undefined || nowMs >= held.expiresAtMs) return this.#refresh(nowMs);
    if (nowMs >= held.refreshAtMs && nowMs >= this.#quietUntilMs && this.#refreshing === undefined) {
      // The old one serves meanwhile; a failure is logged there and shows when it ends.
      this.#refresh(nowMs).catch(() => {});
    }
    return held.token;
  }

  renew(refused: string): boolean {
    const held = this.#held;
    if (held?.token !== refused) return true;
    if (this.#deps.now() - held.issuedAtMs < FRESH_MS) return false;
    this.#held = undefined;
    return true;
  }

  state(): TokenSourceState {
    const leftMs = this.#held === undefined ? 0 : this.#held.expiresAtMs - this.#deps.now();
    return {
      kind: this.#config.entraId.kind,
      expiresInMs: leftMs > 0 ? Math.round(leftMs) : undefined,
      lastError: this.#lastError?.fault.remedy,
    };
  }

  close(): void {
    this.#held = undefined;
    this.#closing.abort();
  }

  #refresh(nowMs: number): Promise<string> {
    if (this.#refreshing !== undefined) return this.#refreshing;
    if (this.#lastError !== undefined && nowMs < this.#quietUntilMs) {
      return Promise.reject(tokenUpstreamError(this.#config.name, this.#lastError));
    }
    this.#refreshing = this.#obtain().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #obtain(): Promise<string> {
    try {
      const issued = await this.#ask();
      this.#failures = 0;
      this.#lastError = undefined;
      if (!this.#closing.signal.aborted) this.#held = this.#keep(issued);
      return issued.token;
    } catch (error) {
      const failed = error instanceof TokenError ? error : ended(error);
      this.#failures += 1;
      this.#lastError = failed;
      const quietMs = Math.min(QUIET_MS * 2 ** (this.#failures - 1), LONGEST_QUIET_MS);
      this.#quietUntilMs = this.#deps.now() + quietMs;
      if (!this.#closing.signal.aborted) this.#log(failed);
      throw tokenUpstreamError(this.#config.name, failed);
    }
  }

  async #ask(): Promise<IssuedToken> {
    const { entraId } = this.#config;
    const { signal } = this.#closing;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await requestToken(entraId, signal, this.#deps);
      } catch (error) {
        if (!(error instanceof TokenError) || error.fault.isFinal || attempt === ATTEMPTS) throw error;
        const { retryAfterMs = 0 } = error.fault;
        if (signal.aborted || retryAfterMs > LONGEST_WAIT_MS) throw error;
        const backoffMs = BACKOFF_MS * 2 ** (attempt - 1) * (0.8 + 0.4 * this.#deps.random());
        await this.#deps.sleep(Math.max(backoffMs, retryAfterMs), signal);
      }
    }
  }

  #keep({ token, lifeMs, refreshInMs }: IssuedToken): HeldToken {
    const nowMs = this.#deps.now();
    return {
      token,
      issuedAtMs: nowMs,
      refreshAtMs: nowMs + Math.min(lifeMs * REFRESH_AT_SHARE, refreshInMs ?? Number.POSITIVE_INFINITY),
      expiresAtMs: nowMs + lifeMs - Math.min(MARGIN_MS, lifeMs / 10),
    };
  }

  #log({ fault }: TokenError): void {
    const { status, code, remedy: reason } = fault;
    logger.warn({ upstream: this.#config.name, status, code, reason }, "no token of Entra ID");
  }
}

/** The wait between two attempts was ended: the router is closing. */
function ended(cause: unknown): TokenError {
  return new TokenError({ isFinal: false, cause, remedy: "the router is closing" });
}

import { ApiError } from "../../http/api-error.ts";
import { UpstreamError } from "../upstream-error.ts";

/** Why there is no token. */
export interface TokenFault {
  /** True when asking again changes nothing: somebody must change the configuration or the directory first. */
  readonly isFinal: boolean;
  /** Status the token's issuer answered, when it answered. */
  readonly status?: number;
  /** The issuer's own name for it, such as `AADSTS7000215`. */
  readonly code?: string;
  /** What a person can do; a sentence without its full stop, and without anything secret. */
  readonly remedy: string;
  /** How long the issuer asked to wait. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** No token was given. */
export class TokenError extends Error {
  readonly fault: TokenFault;

  constructor(fault: TokenFault) {
    super(fault.remedy, { cause: fault.cause });
    this.name = "TokenError";
    this.fault = fault;
  }
}

/**
 * The failure as the router's other parts know failures: nothing was sent; wrong credentials are a 401 of this one
 * place, an issuer that is away is a 503 of it.
 */
export function tokenUpstreamError(upstream: string, error: TokenError): UpstreamError {
  const { isFinal, code, remedy } = error.fault;
  const named = code === undefined ? "" : ` (${code})`;
  const message = `The upstream ${upstream} got no token of Microsoft Entra ID${named}: ${remedy}.`;
  const answer = new ApiError(isFinal ? 502 : 503, {
    message,
    type: "upstream_error",
    code: "upstream_auth_failed",
  });
  return new UpstreamError("refused", {
    answer,
    isUnsent: true,
    upstreamStatus: isFinal ? 401 : 503,
    cause: error,
  });
}

/** Remedies by the issuer's codes; the first that fits holds. Codes: learn.microsoft.com, "AADSTS error codes". */
const REMEDIES: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [/^AADSTS7000215$/, "the client secret is wrong: set clientSecret to the secret's value, not to its id"],
  [/^AADSTS7000222$/, "the client secret has expired: make a new one and set clientSecret"],
  [/^AADSTS7000(16|38)$|^AADSTS700016$/, "the tenant has no such application: check clientId and tenantId"],
  [/^AADSTS9000(2|23)$|^AADSTS900021$/, "there is no such tenant: check tenantId"],
  [
    /^AADSTS(70021|700211|700212|700213|700223)$/,
    "no federated credential of the application fits the token file: check its issuer, subject and audience",
  ],
  [/^AADSTS(700024|700027)$/, "the token in federatedTokenFile is out of date or not signed as it should be"],
  [
    /^AADSTS(7000112|500011)$/,
    "the application is disabled, or unknown to this tenant: ask its administrator",
  ],
];

/** What to do about a code of the issuer. */
export function remedyFor(code: string | undefined, status: number): string {
  const known = REMEDIES.find(([pattern]) => code !== undefined && pattern.test(code));
  return known?.[1] ?? `the request for one was answered with status ${status}`;
}

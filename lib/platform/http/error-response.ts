import { AppError, errorBody, toAppError } from "../../shared/errors.ts";
import { securityHeaders } from "./security-headers.ts";

/** Codes of postgres.js and of the socket when the database cannot be reached or went away. */
const CONNECTION_CODES = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
]);

/** SQLSTATE: class 08 is connection failure; 57P01 to 57P03 shutdown and start-up; 53300 too many connections. */
const UNAVAILABLE_SQLSTATE = /^(08...|57P0[123]|53300)$/;

function isConnectionFailure(error: Error): boolean {
  if (!("code" in error) || typeof error.code !== "string") return false;
  if (CONNECTION_CODES.has(error.code) || UNAVAILABLE_SQLSTATE.test(error.code)) return true;
  // The embedded database's socket file is missing while it starts again.
  return error.code === "ENOENT" && "syscall" in error && error.syscall === "connect";
}

/**
 * The error as a caller may see it: `AppError`s as they are, a database out of reach as `unavailable`, everything
 * else as `internal` with the original as cause.
 */
export function httpError(error: unknown): AppError {
  const known = toAppError(error);
  if (known.code !== "internal") return known;
  let inner: unknown = error;
  for (let depth = 0; depth < 5 && inner instanceof Error; depth += 1) {
    if (isConnectionFailure(inner)) {
      return new AppError("unavailable", { cause: error, retryAfterSeconds: 2 });
    }
    inner = inner.cause;
  }
  return known;
}

/** The answer for an error: status and body from the table, `Retry-After` when known, never a stack. */
export function errorResponse(error: AppError, requestId: string): Response {
  const headers = new Headers({
    ...securityHeaders(),
    "content-type": "application/json; charset=utf-8",
    "x-request-id": requestId,
  });
  if (error.retryAfterSeconds !== undefined) {
    headers.set("retry-after", String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
  }
  if (error.status === 401) headers.set("www-authenticate", 'Bearer realm="vouch"');
  // The rest of a body that was refused is still arriving; without this it would be read to its end.
  if (error.status === 413) headers.set("connection", "close");
  return new Response(JSON.stringify(errorBody(error, requestId)), { status: error.status, headers });
}

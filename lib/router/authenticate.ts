import type { IncomingHttpHeaders } from "node:http";
import { loadProgramPrincipal, PRINCIPAL_HEADER } from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import { AppError } from "../shared/errors.ts";

/** Finds out who calls. Throws AppError `not_signed_in`, `invalid_api_key` or `forbidden`. */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Principal>;

/** The scopes that let a key use models. */
const MODEL_SCOPES = ["models", "*"];

/**
 * A principal signed by our own web role, or an API key with the scope `models` or `*`. A signed principal has passed
 * the web role's own checks, so the scopes of the key it came with are not looked at again.
 */
export async function authenticateProgram(headers: IncomingHttpHeaders): Promise<Principal> {
  const principal = await loadProgramPrincipal(headers);
  const isSigned = headers[PRINCIPAL_HEADER] !== undefined;
  if (!isSigned && !principal.scopes.some((scope) => MODEL_SCOPES.includes(scope))) {
    throw new AppError("forbidden", {
      message: "This API key may not use models: it lacks the scope `models`.",
    });
  }
  return principal;
}

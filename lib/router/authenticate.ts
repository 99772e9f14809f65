import type { IncomingHttpHeaders } from "node:http";
import { loadProgramPrincipal, PRINCIPAL_HEADER } from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import { AppError } from "../shared/errors.ts";

/**
 * Finds out who calls, without a promise where the answer is at hand. Throws AppError `not_signed_in`,
 * `invalid_api_key` or `forbidden`.
 */
export type Authenticate = (headers: IncomingHttpHeaders) => Principal | Promise<Principal>;

/** The scopes that let a key use models. */
const MODEL_SCOPES = ["models", "*"];

/**
 * A principal signed by our own web role, or an API key with the scope `models` or `*`. A signed principal has passed
 * the web role's own checks, so the scopes of the key it came with are not looked at again.
 */
export function authenticateProgram(headers: IncomingHttpHeaders): Principal | Promise<Principal> {
  const found = loadProgramPrincipal(headers);
  if (headers[PRINCIPAL_HEADER] !== undefined) return found;
  return found instanceof Promise ? found.then(withModels) : withModels(found);
}

function withModels(principal: Principal): Principal {
  if (principal.scopes.some((scope) => MODEL_SCOPES.includes(scope))) return principal;
  throw new AppError("forbidden", {
    message: "This API key may not use models: it lacks the scope `models`.",
  });
}

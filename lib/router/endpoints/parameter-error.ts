import { ApiError } from "../http/api-error.ts";

/** A field that must be there and is not. */
export function missingParameter(param: string): ApiError {
  return new ApiError(400, {
    message: `Missing required parameter: '${param}'.`,
    param,
    code: "missing_required_parameter",
  });
}

/** A field whose value is no such thing. */
export function invalidParameter(param: string, message: string, code = "invalid_value"): ApiError {
  return new ApiError(400, { message, param, code });
}

/** A field that means something, which the place asked cannot do. */
export function unsupportedParameter(param: string, message: string): ApiError {
  return new ApiError(400, { message, param, code: "unsupported_parameter" });
}

export { errorResponse, httpError } from "./error-response.ts";
export { readBytes } from "./read-bytes.ts";
export { isStorableText, parseJsonObject, readJson } from "./read-json.ts";
export { REQUEST_ID_HEADER, requestIdFrom } from "./request-id.ts";
export { assertSameOrigin, isSafeMethod, requestOrigin } from "./same-origin.ts";
export { apiSecurityHeaders, securityHeaders, transportHeaders, withHeaders } from "./security-headers.ts";
export { sseResponse } from "./sse-response.ts";

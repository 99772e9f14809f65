import { handle } from "@/lib/identity/index.ts";
import { describeApi } from "@/lib/runtime/describe-api.ts";

/** The HTTP interface as an OpenAPI document. */
export const GET = handle({ auth: "public", limit: { name: "openapi", perMinute: 60 } }, () => describeApi());

import { ApiError } from "../../http/api-error.ts";
import type { JsonObject } from "../../http/read-json-body.ts";

const PURPOSES: Readonly<Record<string, "query" | "document">> = {
  query: "query",
  search_query: "query",
  document: "document",
  passage: "document",
  search_document: "document",
};

/**
 * What texts are embedded for, as `input_type` says in the words that providers use; documents by default.
 *
 * @throws ApiError 400 for other words.
 */
export function readPurpose({ input_type: asked }: JsonObject): "query" | "document" {
  if (asked === undefined || asked === null) return "document";
  const purpose = typeof asked === "string" && Object.hasOwn(PURPOSES, asked) ? PURPOSES[asked] : undefined;
  if (purpose !== undefined) return purpose;
  throw new ApiError(400, {
    message: `'input_type' must be one of ${Object.keys(PURPOSES).join(", ")}.`,
    param: "input_type",
  });
}

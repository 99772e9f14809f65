import { isJsonObject, type JsonObject } from "../../http/read-json-body.ts";
import { invalidParameter, missingParameter } from "../parameter-error.ts";

/** More in one request than any reranker takes. */
const MAX_DOCUMENTS = 10_000;

/**
 * Checks a request to order documents by how well they answer a query.
 *
 * @throws ApiError 400 that names the field.
 */
export function checkRerankBody(body: JsonObject): void {
  if (typeof body.query !== "string" || body.query.trim() === "") {
    if (body.query === undefined || body.query === null) throw missingParameter("query");
    throw invalidParameter("query", "'query' must be a text that is not empty.");
  }
  if (body.documents === undefined || body.documents === null) throw missingParameter("documents");
  readDocuments(body.documents);
  const top: unknown = body.top_n;
  if (top === undefined || top === null) return;
  if (typeof top !== "number" || !Number.isInteger(top) || top < 1) {
    throw invalidParameter("top_n", "'top_n' must be a whole number from 1.");
  }
}

/** The texts of `documents`, given plainly or as `{ text }`. Throws ApiError 400. */
export function readDocuments(documents: unknown): string[] {
  if (!Array.isArray(documents) || documents.length === 0) {
    throw invalidParameter("documents", "'documents' must be a list of at least one text.");
  }
  if (documents.length > MAX_DOCUMENTS) {
    throw invalidParameter(
      "documents",
      `'documents' holds ${documents.length} texts; at most ${MAX_DOCUMENTS} are accepted.`,
    );
  }
  return documents.map((document: unknown, index) => {
    const text = isJsonObject(document) ? document.text : document;
    if (typeof text === "string") return text;
    throw invalidParameter(
      `documents[${index}]`,
      `'documents[${index}]' must be a text or an object with 'text'.`,
    );
  });
}

import { z } from "zod";
import {
  chatRequestSchema,
  conversationSchema,
  conversationSummarySchema,
  createdShareSchema,
  createShareSchema,
  shareSchema,
  updateConversationSchema,
} from "../chat/schema.ts";
import {
  comparisonSchema,
  createDatasetSchema,
  createRunSchema,
  datasetItemSchema,
  datasetSchema,
  importItemsSchema,
  runItemDetailSchema,
  runSchema,
  runWithItemsSchema,
  updateDatasetSchema,
} from "../evaluation/schema.ts";
import {
  apiKeyListSchema,
  changePasswordSchema,
  createApiKeySchema,
  createdApiKeySchema,
  principalSchema,
  updateProfileSchema,
} from "../identity/schema.ts";
import {
  collectionSchema,
  createCollectionSchema,
  createTextDocumentSchema,
  documentPageSchema,
  documentSchema,
  documentTextSchema,
  searchRequestSchema,
  searchResponseSchema,
  updateCollectionSchema,
} from "../knowledge/schema.ts";

/** One address of the HTTP interface as data. */
export interface ManifestRoute {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With ids in braces, as OpenAPI writes them. */
  readonly path: string;
  /** Who may call it. */
  readonly auth: "public" | "member" | "editor" | "admin";
  readonly summary: string;
  readonly body?: z.ZodType;
  /** Shape of the JSON answer; absent for streams, files and empty answers. */
  readonly response?: z.ZodType;
  /** Media type of an answer that is not JSON. */
  readonly produces?: string;
  readonly status?: number;
}

const list = <Item extends z.ZodType>(name: string, item: Item) => z.strictObject({ [name]: z.array(item) });

const chatRoutes: readonly ManifestRoute[] = [
  {
    method: "POST",
    path: "/api/chat",
    auth: "member",
    summary:
      "Asks a question and streams the answer as AI SDK UI message chunks. It goes on when the reader leaves.",
    body: chatRequestSchema,
    produces: "text/event-stream",
  },
  {
    method: "GET",
    path: "/api/conversations",
    auth: "member",
    summary: "The caller's conversations, newest first; ?q= searches titles and text.",
    response: list("conversations", conversationSummarySchema),
  },
  {
    method: "GET",
    path: "/api/conversations/{id}",
    auth: "member",
    summary: "A conversation with its whole message tree.",
    response: conversationSchema,
  },
  {
    method: "PATCH",
    path: "/api/conversations/{id}",
    auth: "member",
    summary: "Renames a conversation, shows another branch, or changes which collections it searches.",
    body: updateConversationSchema,
    response: conversationSchema,
  },
  {
    method: "DELETE",
    path: "/api/conversations/{id}",
    auth: "member",
    summary: "Deletes a conversation with its messages, citations and links.",
  },
  {
    method: "GET",
    path: "/api/conversations/{id}/stream",
    auth: "member",
    summary:
      "Replays the running answer from its start, or after ?after=, then follows it. 204 when nothing runs.",
    produces: "text/event-stream",
  },
  {
    method: "GET",
    path: "/api/conversations/{id}/shares",
    auth: "member",
    summary: "Links to this conversation.",
    response: list("shares", shareSchema),
  },
  {
    method: "POST",
    path: "/api/conversations/{id}/shares",
    auth: "member",
    summary: "Makes a link to the conversation as it is now. The address is shown this once.",
    body: createShareSchema,
    response: createdShareSchema,
    status: 201,
  },
  {
    method: "POST",
    path: "/api/generations/{id}/stop",
    auth: "member",
    summary: "Stops an answer; what was shown stays.",
  },
  {
    method: "GET",
    path: "/api/models",
    auth: "member",
    summary: "Chat models, the default first.",
    response: list("models", z.strictObject({ id: z.string(), label: z.string(), isBuiltin: z.boolean() })),
  },
  {
    method: "GET",
    path: "/api/shares",
    auth: "member",
    summary: "The caller's links.",
    response: list("shares", shareSchema),
  },
  { method: "DELETE", path: "/api/shares/{id}", auth: "member", summary: "Revokes a link at once." },
];

const knowledgeRoutes: readonly ManifestRoute[] = [
  {
    method: "GET",
    path: "/api/collections",
    auth: "member",
    summary: "Collections the caller may read.",
    response: list("collections", collectionSchema),
  },
  {
    method: "POST",
    path: "/api/collections",
    auth: "member",
    summary: "Makes a collection; only editors make ones the whole organisation reads.",
    body: createCollectionSchema,
    response: collectionSchema,
    status: 201,
  },
  {
    method: "GET",
    path: "/api/collections/{id}",
    auth: "member",
    summary: "A collection and what the caller may do with it.",
    response: collectionSchema,
  },
  {
    method: "PATCH",
    path: "/api/collections/{id}",
    auth: "member",
    summary: "Changes a collection's name, description or visibility.",
    body: updateCollectionSchema,
    response: collectionSchema,
  },
  {
    method: "DELETE",
    path: "/api/collections/{id}",
    auth: "member",
    summary: "Deletes a collection with its documents.",
  },
  {
    method: "GET",
    path: "/api/collections/{id}/documents",
    auth: "member",
    summary: "Documents of a collection.",
    response: list("documents", documentSchema),
  },
  {
    method: "POST",
    path: "/api/collections/{id}/documents",
    auth: "member",
    summary: "Adds a document: a file as multipart/form-data, or title and text as JSON.",
    body: createTextDocumentSchema,
    response: documentSchema,
    status: 202,
  },
  {
    method: "GET",
    path: "/api/documents/{id}",
    auth: "member",
    summary: "A document and how its indexing stands.",
    response: documentSchema,
  },
  {
    method: "DELETE",
    path: "/api/documents/{id}",
    auth: "member",
    summary: "Deletes a document with its text, vectors and file.",
  },
  {
    method: "GET",
    path: "/api/documents/{id}/content",
    auth: "member",
    summary: "The original file.",
    produces: "application/octet-stream",
  },
  {
    method: "GET",
    path: "/api/documents/{id}/text",
    auth: "member",
    summary: "The text of a version: every citation quotes a slice of it.",
    response: documentTextSchema,
  },
  {
    method: "GET",
    path: "/api/documents/{id}/pages/{page}",
    auth: "member",
    summary: "One page: its text and where each run of it stands.",
    response: documentPageSchema,
  },
  {
    method: "POST",
    path: "/api/documents/{id}/retry",
    auth: "member",
    summary: "Indexes a failed document again.",
    response: documentSchema,
    status: 202,
  },
  {
    method: "POST",
    path: "/api/search",
    auth: "member",
    summary: "Searches the collections the caller may read, with scores and timings.",
    body: searchRequestSchema,
    response: searchResponseSchema,
  },
];

const identityRoutes: readonly ManifestRoute[] = [
  {
    method: "GET",
    path: "/api/profile",
    auth: "member",
    summary: "Who the caller is.",
    response: principalSchema,
  },
  {
    method: "PATCH",
    path: "/api/profile",
    auth: "member",
    summary: "Changes the caller's name.",
    body: updateProfileSchema,
    response: principalSchema,
  },
  {
    method: "POST",
    path: "/api/profile/password",
    auth: "member",
    summary: "Changes the caller's password and ends all sessions.",
    body: changePasswordSchema,
  },
  {
    method: "POST",
    path: "/api/profile/sign-out-everywhere",
    auth: "member",
    summary: "Ends all sessions of the caller.",
  },
  {
    method: "GET",
    path: "/api/api-keys",
    auth: "member",
    summary: "The caller's API keys, without the keys themselves.",
    response: apiKeyListSchema,
  },
  {
    method: "POST",
    path: "/api/api-keys",
    auth: "member",
    summary: "Makes an API key. It is shown this once.",
    body: createApiKeySchema,
    response: createdApiKeySchema,
    status: 201,
  },
  { method: "DELETE", path: "/api/api-keys/{id}", auth: "member", summary: "Revokes an API key at once." },
];

const evaluationRoutes: readonly ManifestRoute[] = [
  {
    method: "GET",
    path: "/api/admin/datasets",
    auth: "admin",
    summary: "Datasets of the organisation.",
    response: list("datasets", datasetSchema),
  },
  {
    method: "POST",
    path: "/api/admin/datasets",
    auth: "admin",
    summary: "Makes a dataset, with questions when JSONL is given.",
    body: createDatasetSchema,
    response: datasetSchema,
    status: 201,
  },
  {
    method: "GET",
    path: "/api/admin/datasets/{id}",
    auth: "admin",
    summary: "A dataset with its questions.",
    response: z.strictObject({ dataset: datasetSchema, items: z.array(datasetItemSchema) }),
  },
  {
    method: "PATCH",
    path: "/api/admin/datasets/{id}",
    auth: "admin",
    summary: "Renames or describes a dataset.",
    body: updateDatasetSchema,
    response: datasetSchema,
  },
  {
    method: "DELETE",
    path: "/api/admin/datasets/{id}",
    auth: "admin",
    summary: "Deletes a dataset with its runs.",
  },
  {
    method: "GET",
    path: "/api/admin/datasets/{id}/export",
    auth: "admin",
    summary: "The questions as JSONL.",
    produces: "application/x-ndjson",
  },
  {
    method: "POST",
    path: "/api/admin/datasets/{id}/items",
    auth: "admin",
    summary: "Replaces the questions by those of a JSONL text.",
    body: importItemsSchema,
    response: datasetSchema,
  },
  {
    method: "GET",
    path: "/api/admin/runs",
    auth: "admin",
    summary: "Evaluation runs, newest first.",
    response: list("runs", runSchema),
  },
  {
    method: "POST",
    path: "/api/admin/runs",
    auth: "admin",
    summary: "Starts an evaluation run.",
    body: createRunSchema,
    response: runSchema,
    status: 202,
  },
  {
    method: "GET",
    path: "/api/admin/runs/{id}",
    auth: "admin",
    summary: "A run with its totals and questions.",
    response: runWithItemsSchema,
  },
  {
    method: "POST",
    path: "/api/admin/runs/{id}/stop",
    auth: "admin",
    summary: "Stops a run; what it measured stays.",
    response: runSchema,
  },
  {
    method: "GET",
    path: "/api/admin/runs/{id}/compare",
    auth: "admin",
    summary: "Differences to the run named by ?with=.",
    response: comparisonSchema,
  },
  {
    method: "GET",
    path: "/api/admin/runs/{id}/items/{itemId}",
    auth: "admin",
    summary: "One question of a run with its trace.",
    response: runItemDetailSchema,
  },
];

const operationRoutes: readonly ManifestRoute[] = [
  {
    method: "GET",
    path: "/api/health",
    auth: "public",
    summary: "Whether the program works; an administrator also sees its parts.",
  },
  { method: "GET", path: "/api/health/live", auth: "public", summary: "The process runs." },
  { method: "GET", path: "/api/health/ready", auth: "public", summary: "This process takes requests." },
  {
    method: "GET",
    path: "/api/metrics",
    auth: "admin",
    summary: "Prometheus metrics of this process.",
    produces: "text/plain",
  },
  { method: "GET", path: "/api/openapi.json", auth: "public", summary: "This description." },
];

/**
 * Every route of `/api` but next-auth's own (`/api/auth/*`). The API description is made from it, the access tests walk
 * it, and a test holds it against the route files both ways. `/v1` is the router's and follows OpenAI's interface.
 */
export const routeManifest: readonly ManifestRoute[] = [
  ...chatRoutes,
  ...knowledgeRoutes,
  ...identityRoutes,
  ...evaluationRoutes,
  ...operationRoutes,
];

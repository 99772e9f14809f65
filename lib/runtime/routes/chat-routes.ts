import { z } from "zod";
import {
  chatRequestSchema,
  conversationSchema,
  conversationSummarySchema,
  createdShareSchema,
  createShareSchema,
  outdatedCitationListSchema,
  shareSchema,
  updateConversationSchema,
} from "../../chat/schema.ts";
import { listOf, type ManifestRoute } from "./manifest-route.ts";

/** Routes of this part of the program. */
export const chatRoutes: readonly ManifestRoute[] = [
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
    response: listOf("conversations", conversationSummarySchema),
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
    path: "/api/conversations/{id}/outdated",
    auth: "member",
    summary:
      "Citations whose words no longer stand in their document, or whose document cannot be opened any more.",
    response: outdatedCitationListSchema,
  },
  {
    method: "GET",
    path: "/api/conversations/{id}/shares",
    auth: "member",
    summary: "Links to this conversation.",
    response: listOf("shares", shareSchema),
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
    response: listOf("models", z.strictObject({ id: z.string(), label: z.string(), isBuiltin: z.boolean() })),
  },
  {
    method: "GET",
    path: "/api/shares",
    auth: "member",
    summary: "The caller's links.",
    response: listOf("shares", shareSchema),
  },
  { method: "DELETE", path: "/api/shares/{id}", auth: "member", summary: "Revokes a link at once." },
];

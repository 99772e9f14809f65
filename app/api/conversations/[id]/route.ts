import { z } from "zod";
import { deleteConversation, getConversation, updateConversation } from "@/lib/chat/index.ts";
import { conversationSchema, updateConversationSchema } from "@/lib/chat/schema.ts";
import { handle } from "@/lib/identity/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

const params = z.strictObject({ id: idSchema });

/** A conversation with its whole message tree. */
export const GET = handle(
  { auth: "member", scope: "chat", params, response: conversationSchema },
  ({ principal, params: { id } }) => getConversation(principal, id),
);

/** Renames it, shows another branch or changes which collections it searches. */
export const PATCH = handle(
  { auth: "member", scope: "chat", params, body: updateConversationSchema, response: conversationSchema },
  ({ principal, params: { id }, body }) => updateConversation(principal, id, body),
);

/** Deletes it with everything that belongs to it. */
export const DELETE = handle({ auth: "member", scope: "chat", params }, ({ principal, params: { id } }) =>
  deleteConversation(principal, id),
);

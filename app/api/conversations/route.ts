import { z } from "zod";
import { findConversations } from "@/lib/chat/index.ts";
import { conversationSummarySchema } from "@/lib/chat/schema.ts";
import { handle } from "@/lib/identity/index.ts";

/** The caller's conversations, newest first; `q` searches titles and text. */
export const GET = handle(
  {
    auth: "member",
    scope: "chat",
    query: z.object({ q: z.string().max(200).optional() }),
    response: z.strictObject({ conversations: z.array(conversationSummarySchema) }),
  },
  async ({ principal, query }) => ({ conversations: await findConversations(principal, query.q) }),
);

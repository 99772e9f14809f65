import { followAnswer, startAnswer } from "@/lib/chat/index.ts";
import { chatRequestSchema } from "@/lib/chat/schema.ts";
import { handle } from "@/lib/identity/index.ts";
import { sseResponse } from "@/lib/platform/http/index.ts";

/** Stores the question, starts the answer and follows it. The answer goes on when the reader leaves. */
export const POST = handle(
  {
    auth: "member",
    scope: "chat",
    body: chatRequestSchema,
    limit: { name: "chat", perMinute: 60 },
  },
  async ({ principal, body, signal }) => {
    const { generationId, conversationId } = await startAnswer(principal, body);
    const response = sseResponse(followAnswer(principal, generationId, 0, signal), { signal });
    response.headers.set("x-vouch-generation-id", generationId);
    response.headers.set("x-vouch-conversation-id", conversationId);
    return response;
  },
);

import { z } from "zod";
import { assertOwnAnswer, findRunningAnswer, followAnswer } from "@/lib/chat/index.ts";
import { handle } from "@/lib/identity/index.ts";
import { sseResponse } from "@/lib/platform/http/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Replays the running answer from its start, or from after a sequence, then tails it; 204 when nothing runs. */
export const GET = handle(
  {
    auth: "member",
    scope: "chat",
    params: z.strictObject({ id: idSchema }),
    query: z.object({
      after: z.coerce.number().int().min(0).default(0),
      /** Follows this answer even when it has just ended: a reader that lost its connection gets the rest. */
      generation: idSchema.optional(),
    }),
  },
  async ({ principal, params, query, signal }) => {
    const running = await findRunningAnswer(principal, params.id);
    const generationId = query.generation ?? running;
    if (generationId === undefined) return undefined;
    if (generationId !== running) await assertOwnAnswer(principal, generationId);
    return sseResponse(followAnswer(principal, generationId, query.after, signal), { signal });
  },
);

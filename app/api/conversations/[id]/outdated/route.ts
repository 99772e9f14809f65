import { z } from "zod";
import { findOutdatedCitations } from "@/lib/chat/index.ts";
import { outdatedCitationListSchema } from "@/lib/chat/schema.ts";
import { handle } from "@/lib/identity/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Citations of the conversation that no longer hold, judged against the documents as they are now. */
export const GET = handle(
  {
    auth: "member",
    scope: "chat",
    params: z.strictObject({ id: idSchema }),
    response: outdatedCitationListSchema,
  },
  async ({ principal, params: { id } }) => ({ outdated: await findOutdatedCitations(principal, id) }),
);

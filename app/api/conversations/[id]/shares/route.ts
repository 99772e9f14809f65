import { z } from "zod";
import { createShare, findShares } from "@/lib/chat/index.ts";
import { createdShareSchema, createShareSchema, shareSchema } from "@/lib/chat/schema.ts";
import { handle, json } from "@/lib/identity/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

const params = z.strictObject({ id: idSchema });

/** Links of this conversation. */
export const GET = handle(
  {
    auth: "member",
    scope: "chat",
    params,
    response: z.strictObject({ shares: z.array(shareSchema) }),
  },
  async ({ principal, params: { id } }) => ({ shares: await findShares(principal, id) }),
);

/** Makes a link to the branch on the screen, as it is now. */
export const POST = handle(
  {
    auth: "member",
    scope: "chat",
    params,
    body: createShareSchema,
    response: createdShareSchema,
    limit: { name: "share", perMinute: 30 },
  },
  async ({ principal, params: { id }, body }) =>
    json(await createShare(principal, id, body), { status: 201 }),
);

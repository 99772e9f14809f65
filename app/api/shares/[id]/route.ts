import { z } from "zod";
import { revokeShare } from "@/lib/chat/index.ts";
import { handle } from "@/lib/identity/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Ends a link at once. */
export const DELETE = handle(
  { auth: "member", scope: "chat", params: z.strictObject({ id: idSchema }) },
  ({ principal, params: { id } }) => revokeShare(principal, id),
);

import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { unfollowSource } from "@/lib/knowledge/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Stops following a page or site; its documents stay. */
export const DELETE = handle(
  { auth: "member", scope: "documents", params: z.strictObject({ id: idSchema }) },
  ({ principal, params }) => unfollowSource(principal, params.id),
);

import { z } from "zod";
import { handle, revokeApiKey } from "@/lib/identity/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

export const DELETE = handle(
  { auth: "member", scope: "admin", params: z.strictObject({ id: idSchema }) },
  ({ principal, params }) => revokeApiKey(principal, params.id),
);

import { z } from "zod";
import { stopAnswer } from "@/lib/chat/index.ts";
import { handle } from "@/lib/identity/index.ts";
import { idSchema } from "@/lib/shared/ids.ts";

/** Stops an answer; what was shown stays. */
export const POST = handle(
  { auth: "member", scope: "chat", params: z.strictObject({ id: idSchema }) },
  ({ principal, params: { id } }) => stopAnswer(principal, id),
);

import { z } from "zod";
import { findShares } from "@/lib/chat/index.ts";
import { shareSchema } from "@/lib/chat/schema.ts";
import { handle } from "@/lib/identity/index.ts";

/** The caller's links, newest first. */
export const GET = handle(
  { auth: "member", scope: "chat", response: z.strictObject({ shares: z.array(shareSchema) }) },
  async ({ principal }) => ({ shares: await findShares(principal) }),
);

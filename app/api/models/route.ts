import { z } from "zod";
import { listModels } from "@/lib/chat/index.ts";
import { handle } from "@/lib/identity/index.ts";

const modelSchema = z.strictObject({ id: z.string(), label: z.string(), isBuiltin: z.boolean() });

/** The chat models a person may choose, the default first. */
export const GET = handle(
  { auth: "member", scope: "chat", response: z.strictObject({ models: z.array(modelSchema) }) },
  () => ({ models: listModels() }),
);

import { z } from "zod";
import { idSchema } from "../shared/ids.ts";

/** What a person may do in an organisation; each role includes the ones before it. */
export const roleSchema = z.enum(["member", "editor", "admin"]);
export type Role = z.infer<typeof roleSchema>;

/** Who is asking: loaded once per request from the session cookie or the API key, never from the body. */
export const principalSchema = z.strictObject({
  orgId: idSchema,
  userId: idSchema,
  name: z.string(),
  email: z.string().nullable(),
  role: roleSchema,
  isGuest: z.boolean(),
  via: z.enum(["session", "key"]),
  /** Empty for sessions: a session has the full rights of its role. */
  scopes: z.array(z.string()),
});
export type Principal = z.infer<typeof principalSchema>;

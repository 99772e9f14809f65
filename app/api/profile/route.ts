import { handle, updateProfile } from "@/lib/identity/index.ts";
import { principalSchema, updateProfileSchema } from "@/lib/identity/schema.ts";

export const GET = handle(
  { auth: "member", scope: "any", response: principalSchema },
  async ({ principal }) => principal,
);

export const PATCH = handle(
  { auth: "member", body: updateProfileSchema, response: principalSchema },
  ({ principal, body }) => updateProfile(principal, body),
);

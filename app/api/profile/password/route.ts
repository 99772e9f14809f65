import { changeOwnPassword, handle } from "@/lib/identity/index.ts";
import { changePasswordSchema } from "@/lib/identity/schema.ts";

export const POST = handle({ auth: "member", body: changePasswordSchema }, ({ principal, body }) =>
  changeOwnPassword(principal, body),
);

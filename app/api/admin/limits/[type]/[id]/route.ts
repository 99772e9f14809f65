import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { removeLimits, setLimits } from "@/lib/router/index.ts";
import { changeLimitsSchema, limitedSubjectSchema, limitSubjectTypeSchema } from "@/lib/router/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

const params = z.strictObject({ type: limitSubjectTypeSchema, id: idSchema });

/** Sets limits in place of those there were. */
export const PUT = handle(
  { auth: "admin", scope: "admin", params, body: changeLimitsSchema, response: limitedSubjectSchema },
  ({ principal, params: subject, body }) => setLimits(principal, subject, body.limits),
);

/** Takes away what was set: the defaults hold again. */
export const DELETE = handle({ auth: "admin", scope: "admin", params }, ({ principal, params: subject }) =>
  removeLimits(principal, subject),
);

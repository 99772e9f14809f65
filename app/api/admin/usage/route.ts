import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { findUsageByDay } from "@/lib/router/index.ts";
import { usageByDaySchema } from "@/lib/router/schema.ts";

const query = z.object({ days: z.coerce.number().int().min(1).max(92).default(30) });

/** What was taken of the models on the last days, by person and model. */
export const GET = handle(
  { auth: "admin", scope: "admin", query, response: usageByDaySchema },
  ({ principal, query: { days } }) => findUsageByDay(principal, days),
);

import { handle } from "@/lib/identity/index.ts";
import { findLimits } from "@/lib/router/index.ts";
import { limitsOverviewSchema } from "@/lib/router/schema.ts";

/** Limits of the organisation, its people and keys, with what is taken of them. */
export const GET = handle(
  { auth: "admin", scope: "admin", response: limitsOverviewSchema },
  ({ principal }) => findLimits(principal),
);

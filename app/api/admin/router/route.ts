import { handle } from "@/lib/identity/index.ts";
import { liveRouterState } from "@/lib/router/index.ts";
import { routerStateSchema } from "@/lib/router/schema.ts";
import { AppError } from "@/lib/shared/errors.ts";

/** The router of this process: its configuration without secrets, and how its upstreams do. */
export const GET = handle({ auth: "admin", scope: "admin", response: routerStateSchema }, () => {
  const state = liveRouterState();
  if (state === null) throw new AppError("not_found", { message: "No router runs in this process." });
  return state;
});

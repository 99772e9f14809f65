import { routerStateSchema } from "../../router/schema.ts";
import type { ManifestRoute } from "./manifest-route.ts";

/** Routes of this part of the program. */
export const routerRoutes: readonly ManifestRoute[] = [
  {
    method: "GET",
    path: "/api/admin/router",
    auth: "admin",
    summary: "The router of this process: configuration without secrets, and how each upstream does now.",
    response: routerStateSchema,
  },
];

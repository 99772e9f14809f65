import {
  changeLimitsSchema,
  limitedSubjectSchema,
  limitsOverviewSchema,
  routerStateSchema,
  usageByDaySchema,
} from "../../router/schema.ts";
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
  {
    method: "GET",
    path: "/api/admin/limits",
    auth: "admin",
    summary: "Limits of the organisation, its people and keys, with what is taken of them.",
    response: limitsOverviewSchema,
  },
  {
    method: "PUT",
    path: "/api/admin/limits/{type}/{id}",
    auth: "admin",
    summary: "Sets the limits of an organisation, user or key (`type`) in place of those it had.",
    body: changeLimitsSchema,
    response: limitedSubjectSchema,
  },
  {
    method: "DELETE",
    path: "/api/admin/limits/{type}/{id}",
    auth: "admin",
    summary: "Takes away what was set: the defaults of the configuration hold again.",
  },
  {
    method: "GET",
    path: "/api/admin/usage",
    auth: "admin",
    summary: "Tokens and cost by day, person and model, newest day first (`?days=`, 30 by default).",
    response: usageByDaySchema,
  },
];

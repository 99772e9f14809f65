import type { ManifestRoute } from "./manifest-route.ts";

/** Routes of this part of the program. */
export const operationRoutes: readonly ManifestRoute[] = [
  {
    method: "GET",
    path: "/api/health",
    auth: "public",
    summary: "Whether the program works; an administrator also sees its parts.",
  },
  { method: "GET", path: "/api/health/live", auth: "public", summary: "The process runs." },
  { method: "GET", path: "/api/health/ready", auth: "public", summary: "This process takes requests." },
  {
    method: "GET",
    path: "/api/metrics",
    auth: "admin",
    summary: "Prometheus metrics of this process.",
    produces: "text/plain",
  },
  { method: "GET", path: "/api/openapi.json", auth: "public", summary: "This description." },
];

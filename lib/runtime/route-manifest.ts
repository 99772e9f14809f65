import { chatRoutes } from "./routes/chat-routes.ts";
import { evaluationRoutes } from "./routes/evaluation-routes.ts";
import { identityRoutes } from "./routes/identity-routes.ts";
import { knowledgeRoutes } from "./routes/knowledge-routes.ts";
import type { ManifestRoute } from "./routes/manifest-route.ts";
import { operationRoutes } from "./routes/operation-routes.ts";
import { routerRoutes } from "./routes/router-routes.ts";

/**
 * Every route of `/api` but next-auth's own (`/api/auth/*`). The API description is made from it, the access tests walk
 * it, and a test holds it against the route files both ways. `/v1` is the router's and follows OpenAI's interface.
 */
export const routeManifest: readonly ManifestRoute[] = [
  ...chatRoutes,
  ...knowledgeRoutes,
  ...identityRoutes,
  ...evaluationRoutes,
  ...routerRoutes,
  ...operationRoutes,
];

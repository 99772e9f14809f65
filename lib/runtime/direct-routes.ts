import { handle, type RouteHandler } from "../identity/index.ts";
import { search } from "../knowledge/index.ts";
import { searchRequestSchema, searchResponseSchema } from "../knowledge/schema.ts";

/** `POST /api/search`: passages for a query, from what the caller may read. */
export const searchRoute: RouteHandler = handle(
  {
    auth: "member",
    scope: "search",
    body: searchRequestSchema,
    response: searchResponseSchema,
    limit: { name: "search", perMinute: 600 },
    beginsEarly: true,
  },
  ({ principal, body, signal }) => search(principal, body, { signal }),
);

/**
 * Routes that are asked so often that this server answers them itself, by method and path. Each is a route of Next as well, for
 * platforms that run nothing else.
 */
export const directRoutes: ReadonlyMap<string, RouteHandler> = new Map([["POST /api/search", searchRoute]]);

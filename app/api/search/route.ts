import { handle } from "@/lib/identity/index.ts";
import { search } from "@/lib/knowledge/index.ts";
import { searchRequestSchema, searchResponseSchema } from "@/lib/knowledge/schema.ts";

/** Passages for a query, from what the caller may read. */
export const POST = handle(
  {
    auth: "member",
    scope: "search",
    body: searchRequestSchema,
    response: searchResponseSchema,
    limit: { name: "search", perMinute: 600 },
  },
  ({ principal, body, signal }) => search(principal, body, { signal }),
);

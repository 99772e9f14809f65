import { handle } from "@/lib/identity/index.ts";
import { describeVectorSpaces } from "@/lib/knowledge/index.ts";
import { vectorSpacesSchema } from "@/lib/knowledge/schema.ts";

/** Which vector space answers searches, and how far the way into the present embedder's is. */
export const GET = handle({ auth: "admin", scope: "admin", response: vectorSpacesSchema }, ({ principal }) =>
  describeVectorSpaces(principal),
);

import { z } from "zod";
import { handle } from "@/lib/identity/index.ts";
import { deleteDocument, getDocument } from "@/lib/knowledge/index.ts";
import { documentSchema } from "@/lib/knowledge/schema.ts";
import { idSchema } from "@/lib/shared/ids.ts";

const route = { auth: "member", scope: "documents", params: z.strictObject({ id: idSchema }) } as const;

export const GET = handle({ ...route, response: documentSchema }, ({ principal, params }) =>
  getDocument(principal, params.id),
);

/** Removes the document with its text, its vectors and its file. */
export const DELETE = handle(route, ({ principal, params }) => deleteDocument(principal, params.id));

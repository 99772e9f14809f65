import { z } from "zod";
import { environment } from "../platform/env.ts";
import { routeManifest } from "./route-manifest.ts";
import type { ManifestRoute } from "./routes/manifest-route.ts";

const errorSchema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message", "requestId"],
      properties: { code: { type: "string" }, message: { type: "string" }, requestId: { type: "string" } },
    },
  },
};

/** The OpenAPI 3.1 document of the HTTP interface, made from the route manifest. */
export function describeApi() {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routeManifest) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: describeRoute(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Vouch",
      version: environment().version,
      description:
        "Chat with documents. Errors carry a stable code from docs/errors.md. /v1 follows OpenAI's interface.",
    },
    paths,
    components: {
      schemas: { Error: errorSchema },
      securitySchemes: { key: { type: "http", scheme: "bearer", bearerFormat: "vch_…" } },
    },
  };
}

function toSchema(schema: z.ZodType, io: "input" | "output") {
  return z.toJSONSchema(schema, { io, unrepresentable: "any" });
}

function describeRoute(route: ManifestRoute) {
  const ids = Array.from(route.path.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? "");
  const success = route.response
    ? { "application/json": { schema: toSchema(route.response, "output") } }
    : undefined;
  const content = route.produces ? { [route.produces]: {} } : success;
  const status = route.status ?? (content === undefined && route.method !== "GET" ? 204 : 200);
  return {
    summary: route.summary,
    ...(route.auth === "public" ? { security: [] } : { security: [{ key: [] }], "x-role": route.auth }),
    parameters: ids.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
    ...(route.body
      ? {
          requestBody: {
            required: true,
            content: { "application/json": { schema: toSchema(route.body, "input") } },
          },
        }
      : {}),
    responses: {
      [status]: { description: "Done.", ...(content === undefined ? {} : { content }) },
      default: {
        description: "An error.",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
  };
}

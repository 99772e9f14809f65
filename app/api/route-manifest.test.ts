import { globSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { RouteHandler } from "@/lib/identity/index.ts";
import { describeApi } from "@/lib/runtime/describe-api.ts";
import { routeManifest } from "@/lib/runtime/route-manifest.ts";

const projectDir = fileURLToPath(new URL("../..", import.meta.url));
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/** Next-auth's own addresses: their rules are its own, wrapped by ours. */
const EXEMPT = ["/api/auth/[...nextauth]"];

interface BuiltRoute {
  readonly name: string;
  readonly handler: Partial<RouteHandler>;
}

async function loadRoutes(): Promise<BuiltRoute[]> {
  const routes: BuiltRoute[] = [];
  for (const file of globSync("app/**/route.ts", { cwd: projectDir })) {
    const path = `/${dirname(file).slice("app/".length)}`;
    if (EXEMPT.includes(path)) continue;
    const routeModule: Record<string, Partial<RouteHandler>> = await import(
      pathToFileURL(`${projectDir}/${file}`).href
    );
    for (const method of METHODS) {
      const handler = routeModule[method];
      if (handler !== undefined)
        routes.push({ name: `${method} ${path.replaceAll(/\[(\w+)\]/g, "{$1}")}`, handler });
    }
  }
  return routes;
}

const built = await loadRoutes();

describe("the route manifest", () => {
  const described = new Map(routeManifest.map((route) => [`${route.method} ${route.path}`, route]));

  it("lists every route of the program and no other", () => {
    expect(built.map(({ name }) => name).toSorted()).toEqual([...described.keys()].toSorted());
  });

  it.each(built.map((route) => [route.name, route] as const))(
    "tells the truth about %s",
    (name, { handler }) => {
      const row = described.get(name);
      expect(handler.route, "goes through handle()").toBeDefined();
      expect(handler.route?.auth).toBe(row?.auth);
      if (handler.route?.body !== undefined) expect(handler.route.body).toBe(row?.body);
    },
  );

  it("asks a right of keys on everything that is not public: a key without it gets nowhere", () => {
    for (const { name, handler } of built) {
      if (handler.route?.auth === "admin") expect(handler.route.scope, name).toBe("admin");
    }
  });

  it("makes an OpenAPI document that names every route", () => {
    const { paths } = describeApi();
    for (const { method, path } of routeManifest) expect(paths[path]).toHaveProperty(method.toLowerCase());
    expect(() => JSON.stringify(paths)).not.toThrow();
  });
});

import type { RouteHandler } from "@/lib/identity/index.ts";

export interface RouteCall {
  /** Who asks, by the cookie of their session; null for nobody. */
  readonly as: { readonly cookie: string } | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, string>>;
  /** With its question mark. */
  readonly query?: string;
  readonly body?: unknown;
}

/** Calls a route as a signed-in browser would, without a socket between. */
export function callRoute(handler: RouteHandler, call: RouteCall): Promise<Response> {
  const { as, method = "GET", params = {}, query = "", body } = call;
  const request = new Request(`http://localhost:3000/api/test${query}`, {
    method,
    headers: {
      "sec-fetch-site": "same-origin",
      ...(as === null ? {} : { cookie: as.cookie }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return handler(request, { params: Promise.resolve(params) });
}

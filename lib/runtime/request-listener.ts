import { randomBytes } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { RouteHandler } from "../identity/index.ts";
import { apiSecurityHeaders } from "../platform/http/index.ts";
import { answerDirectly } from "./answer-directly.ts";
import { pageSecurityHeaders, SHARED_PAGE_HEADERS } from "./page-security.ts";

/** What serves /v1, with the security headers on its answers. */
export interface RouterListener {
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/** Headers that only this server may set on a request: a client's own values would be believed further in. */
const INTERNAL_HEADERS = ["content-security-policy", "x-nonce", "x-middleware-subrequest", "x-invoke-path"];

/**
 * Sends each request where it belongs. Absolute-form targets (`GET http://other/…`) are refused: two parts of a
 * server that read them differently have been fooled by them.
 *
 * @param pages Next's listener; absent in the router role.
 * @param direct routes that are answered without Next, by method and path.
 */
export function createRequestListener(
  router: RouterListener,
  pages?: RequestListener,
  direct: ReadonlyMap<string, RouteHandler> = new Map(),
): RequestListener {
  return (request, response) => {
    const target = request.url ?? "/";
    if (!target.startsWith("/")) {
      answerPlainly(response, 400, "invalid_request", "The request target must be a path.");
      return;
    }
    const path = target.split("?", 1)[0] ?? "/";
    if (path === "/v1" || path.startsWith("/v1/")) {
      router.handle(request, response);
      return;
    }
    if (pages === undefined) {
      answerPlainly(response, 404, "not_found", "This process serves /v1 only.");
      return;
    }
    // Spreads the limits of people who are not signed in; a client's own value is overwritten.
    request.headers["x-vouch-client-address"] = request.socket.remoteAddress ?? "unknown";
    const handler = direct.get(`${request.method} ${path}`);
    if (handler !== undefined) {
      answerDirectly(handler, request, response);
      return;
    }
    for (const name of INTERNAL_HEADERS) delete request.headers[name];
    const nonce = randomBytes(16).toString("base64");
    const headers = pageSecurityHeaders(nonce);
    setHeaders(response, headers);
    if (path.startsWith("/share/")) setHeaders(response, SHARED_PAGE_HEADERS);
    // Next reads the policy from the request and puts its nonce on the scripts it writes.
    request.headers["content-security-policy"] = headers["content-security-policy"];
    request.headers["x-nonce"] = nonce;
    pages(request, response);
  };
}

/** Answers everything while the pages are being prepared: nobody waits for an answer that never comes. */
export const answerNotReady: RequestListener = (_request, response) => {
  response.setHeader("retry-after", "1");
  answerPlainly(response, 503, "unavailable", "The program is starting. Try again in a moment.");
};

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

function answerPlainly(response: ServerResponse, status: number, code: string, message: string): void {
  setHeaders(response, apiSecurityHeaders());
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify({ error: { code, message } }));
}

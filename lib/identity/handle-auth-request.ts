import {
  errorResponse,
  httpError,
  isSafeMethod,
  parseJsonObject,
  REQUEST_ID_HEADER,
  readBytes,
  requestIdFrom,
  requestOrigin,
  securityHeaders,
} from "../platform/http/index.ts";
import { publicAddress } from "../platform/own-address.ts";
import { AppError, errorBody } from "../shared/errors.ts";
import { authOptions } from "./auth-options.ts";
import { type AuthAnswer, callNextAuth } from "./call-next-auth.ts";
import { clientKey } from "./client-key.ts";
import type { RouteContext } from "./handle.ts";
import { ownPath } from "./own-path.ts";
import { cookieValue } from "./read-credential.ts";
import { recordRequest } from "./record-request.ts";
import { decodeSessionToken, type SessionClaims, sessionCookieName } from "./session-token.ts";
import { endSession } from "./sessions.ts";

const BODY_LIMIT_BYTES = 16 * 1024;

/** What may be asked of next-auth. Its own pages, its log endpoint (people's text in our log) and the rest are closed. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  GET: ["csrf", "providers", "session", "signin", "signout", "error"],
  POST: ["callback/password", "callback/guest", "signout"],
};

/** Route handler of `/api/auth/*`: next-auth, with our limits, our error answers and no way out of our own origin. */
export async function handleAuthRequest(request: Request, context?: RouteContext): Promise<Response> {
  const startedMs = performance.now();
  const requestId = requestIdFrom(request.headers.get(REQUEST_ID_HEADER));
  let failure: AppError | undefined;
  let response: Response;
  let route = "/api/auth/{action}";
  try {
    const action = await readAction(request, context);
    route = `/api/auth/${action}`;
    response = await runAction(request, action, requestId, (refusal) => {
      failure = refusal;
    });
  } catch (error) {
    failure = httpError(error);
    response = errorResponse(failure, requestId);
  }
  recordRequest({ request, route, response, requestId, principal: null, failure, startedMs });
  return response;
}

async function readAction(request: Request, context: RouteContext | undefined): Promise<string> {
  const params = (await context?.params) as { nextauth?: readonly string[] } | undefined;
  const action = (params?.nextauth ?? []).join("/");
  if (ACTIONS[request.method]?.includes(action) === true) return action;
  const isKnown = Object.values(ACTIONS).some((actions) => actions.includes(action));
  throw new AppError(isKnown ? "method_not_allowed" : "not_found");
}

async function runAction(
  request: Request,
  action: string,
  requestId: string,
  onRefused: (error: AppError) => void,
): Promise<Response> {
  const body = isSafeMethod(request.method) ? {} : await readForm(request);
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const returnPath = ownPath(body.callbackUrl ?? query.callbackUrl, [publicAddress()]);
  let refusal: AppError | undefined;
  let begun: SessionClaims | undefined;
  const options = authOptions({
    client: clientKey(request.headers),
    onSignedIn: (claims) => {
      begun = claims;
    },
    onRefused: (error) => {
      refusal = error;
      onRefused(error);
    },
  });
  // Sanitised here, as next-auth calls an address it does not like a fault of the server.
  const result = await callNextAuth(
    {
      method: request.method,
      query: { nextauth: action.split("/"), callbackUrl: returnPath },
      cookies: readCookies(request),
      body: { ...body, callbackUrl: returnPath },
    },
    options,
  );
  if (result.redirect?.includes("csrf=true") === true) throw new AppError("cross_origin");
  if (result.status >= 500) throw new AppError("internal", { cause: new Error("next-auth answered 500") });
  if (begun !== undefined || (action === "signout" && request.method === "POST")) {
    await endReplacedSession(request, begun);
  }
  return answer(request, body, result, { requestId, returnPath, refusal });
}

/**
 * Form fields of a POST. Browsers must show that our own page sent it; a program that sends neither `Origin` nor
 * `Sec-Fetch-Site` passes here, as next-auth demands its own token from it.
 */
async function readForm(request: Request): Promise<Record<string, string>> {
  if (requestOrigin(request.headers) === "foreign") throw new AppError("cross_origin");
  const contentType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (contentType !== "application/x-www-form-urlencoded" && contentType !== "application/json") {
    throw new AppError("unsupported_media_type", { message: "Send a form or application/json." });
  }
  const bytes = await readBytes(request, BODY_LIMIT_BYTES);
  const fields =
    contentType === "application/json"
      ? Object.entries(parseJsonObject(bytes))
      : [...new URLSearchParams(new TextDecoder().decode(bytes))];
  return Object.fromEntries(
    fields.filter((field): field is [string, string] => typeof field[1] === "string"),
  );
}

/** The cookies next-auth may see: the session and its own token, not the return address it would keep. */
function readCookies(request: Request): Record<string, string> {
  const header = request.headers.get("cookie") ?? undefined;
  const names = [sessionCookieName(), "next-auth.csrf-token", "__Host-next-auth.csrf-token"];
  const cookies = names.map((name) => [name, cookieValue(header, name)] as const);
  return Object.fromEntries(
    cookies
      .filter((cookie): cookie is [string, string] => cookie[1] !== undefined)
      .map(([name, value]) => [name, safeDecode(value)]),
  );
}

function safeDecode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/**
 * After signing out, or in anew, the session the browser came with must not work again, even if somebody kept its
 * cookie.
 */
async function endReplacedSession(request: Request, begun: SessionClaims | undefined): Promise<void> {
  const token = cookieValue(request.headers.get("cookie") ?? undefined, sessionCookieName());
  const claims = token === undefined ? null : await decodeSessionToken(token);
  if (claims !== null) await endSession(claims, begun === undefined ? "sign_out" : "sign_in");
}

/** The answer to the browser: addresses as paths of our own; JSON for scripts, a redirect for plain forms and links. */
function answer(
  request: Request,
  body: Readonly<Record<string, string>>,
  result: AuthAnswer,
  {
    requestId,
    returnPath,
    refusal,
  }: { requestId: string; returnPath: string; refusal?: AppError | undefined },
): Response {
  const headers = new Headers({ ...securityHeaders(), [REQUEST_ID_HEADER]: requestId });
  for (const cookie of result.headers.getSetCookie()) {
    if (!/^(__Secure-)?next-auth\.callback-url=/.test(cookie)) headers.append("set-cookie", cookie);
  }
  if (result.redirect === null) {
    headers.set("content-type", "application/json; charset=utf-8");
    return new Response(JSON.stringify(result.body ?? {}), { status: result.status, headers });
  }
  const path = redirectPath(result.redirect, returnPath, refusal);
  const wantsJson = request.method === "POST" && body.json === "true";
  if (!wantsJson) {
    headers.set("location", path);
    return new Response(null, { status: request.method === "POST" ? 303 : 302, headers });
  }
  headers.set("content-type", "application/json; charset=utf-8");
  if (refusal?.retryAfterSeconds !== undefined) headers.set("retry-after", String(refusal.retryAfterSeconds));
  const url = publicAddress() + path;
  const value = refusal === undefined ? { url } : { url, ...errorBody(refusal, requestId) };
  return new Response(JSON.stringify(value), { status: refusal?.status ?? 200, headers });
}

function redirectPath(redirect: string, returnPath: string, refusal: AppError | undefined): string {
  const signIn = new URLSearchParams({ callbackUrl: returnPath });
  if (refusal !== undefined) signIn.set("error", refusal.code);
  // next-auth puts the origin it believes to be ours in front; only the path is taken from it.
  const own = URL.canParse(redirect) ? [new URL(redirect).origin] : [];
  const path = ownPath(redirect, own);
  return refusal !== undefined || path.startsWith("/sign-in") ? `/sign-in?${signIn}` : path;
}

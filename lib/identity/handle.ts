import type { z } from "zod";
import { environment } from "../platform/env.ts";
import {
  assertSameOrigin,
  errorResponse,
  httpError,
  isSafeMethod,
  isStorableText,
  REQUEST_ID_HEADER,
  readJson,
  requestIdFrom,
  requestOrigin,
  securityHeaders,
  withHeaders,
} from "../platform/http/index.ts";
import { consume } from "../platform/rate-limit/index.ts";
import { AppError } from "../shared/errors.ts";
import { clientKey } from "./client-key.ts";
import { EarlyWork, type RunWork } from "./early-work.ts";
import { guardStream, isEventStream } from "./guard-stream.ts";
import { type LoadedPrincipal, loadPrincipal } from "./load-principal.ts";
import type { GrantedAccess } from "./queries/access.ts";
import { RecentCallers } from "./recent-callers.ts";
import { recordRequest } from "./record-request.ts";
import { hasRole, hasScope } from "./roles.ts";
import { routeLabel } from "./route-label.ts";
import type { Principal, Role, Scope } from "./schema.ts";

/** Bytes of a JSON body when a route says nothing else. */
const BODY_LIMIT_BYTES = 256 * 1024;

/** Who may call a route: everybody, or the role that is needed. */
export type RouteAuth = "public" | Role;

/** A route as data; {@link handle} does the rest. */
export interface RouteOptions<Auth extends RouteAuth, Params, Query, Body> {
  readonly auth: Auth;
  /** The scope an API key needs; without one only keys with `*` pass, `any` lets every key pass. */
  readonly scope?: Scope | "any";
  /** A value that does not fit answers as a missing object does. */
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;
  /** With it the body must be a JSON object; without it the body is left unread for the route. */
  readonly body?: z.ZodType<Body>;
  readonly bodyLimitBytes?: number;
  /** Shape of the answer, checked outside production. */
  readonly response?: z.ZodType;
  readonly limit?: { readonly name: string; readonly perMinute: number };
  /**
   * For work that only reads, and whose value is whole when it ends: it begins for a caller of a moment ago while the
   * credential is checked again. Its value is dropped unless the check finds the same rights.
   */
  readonly beginsEarly?: boolean;
}

/** What a route's function is given. */
export interface RouteInput<Auth extends RouteAuth, Params, Query, Body> {
  readonly principal: Auth extends "public" ? Principal | null : Principal;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly request: Request;
  readonly requestId: string;
  /** Aborts when the client leaves, or may no longer read what is streamed. */
  readonly signal: AbortSignal;
}

/** What Next passes beside the request. */
export interface RouteContext {
  readonly params: Promise<unknown>;
}

/** A Next route handler, with its options readable: the route manifest and the API description are made from them. */
export interface RouteHandler {
  (request: Request, context?: RouteContext): Promise<Response>;
  readonly route: RouteOptions<RouteAuth, unknown, unknown, unknown>;
}

/** A JSON answer with another status than 200. */
export function json(
  value: unknown,
  options: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Response {
  return new Response(JSON.stringify(value), {
    status: options.status ?? 200,
    headers: { "content-type": "application/json; charset=utf-8", ...options.headers },
  });
}

/**
 * The wrapper every route uses: loads the principal, checks origin, role, scope and limit, parses what came in, calls
 * the function, and turns its value (or its error) into the answer. A value becomes JSON with status 200, `undefined`
 * becomes 204, a `Response` goes out as it is with our headers added.
 */
export function handle<Auth extends RouteAuth, Params = undefined, Query = undefined, Body = undefined>(
  options: RouteOptions<Auth, Params, Query, Body>,
  work: (input: RouteInput<Auth, Params, Query, Body>) => unknown,
): RouteHandler {
  const handler = async (request: Request, context?: RouteContext): Promise<Response> => {
    const startedMs = performance.now();
    const requestId = requestIdFrom(request.headers.get(REQUEST_ID_HEADER));
    const rawParams = ((await context?.params) ?? {}) as Readonly<Record<string, unknown>>;
    const route = routeLabel(new URL(request.url).pathname, rawParams);
    const streamEnded = new AbortController();
    let principal: Principal | null = null;
    let failure: AppError | undefined;
    let response: Response;
    let reading: ReturnType<typeof parseInput<Params, Query, Body>> | undefined;
    const run: RunWork = async (caller, signal) => {
      reading ??= parseInput(request, rawParams, options);
      return work({
        ...(await reading),
        principal: caller as RouteInput<Auth, Params, Query, Body>["principal"],
        request,
        requestId,
        signal: AbortSignal.any([request.signal, signal]),
      });
    };
    let early: EarlyWork | undefined;
    try {
      const checking = authorise(request, options);
      early = beginEarly(request, options, run);
      const loaded = await checking;
      principal = loaded?.principal ?? null;
      const value = await (early?.valueFor(principal) ?? run(principal, streamEnded.signal));
      response = answer(value, options.response, requestId);
      if (loaded !== null && isEventStream(response)) {
        response = guardStream(response, grantedAccess(loaded, options.auth), () => streamEnded.abort());
      }
    } catch (error) {
      failure = httpError(error);
      response = errorResponse(failure, requestId);
    }
    early?.drop();
    if (options.beginsEarly === true) callers.note(request.headers, principal);
    recordRequest({ request, route, response, requestId, principal, failure, startedMs });
    return response;
  };
  return Object.assign(handler, { route: options });
}

const callers = new RecentCallers();

/** Begins the work for a caller of a moment ago who might do it then. */
function beginEarly<Auth extends RouteAuth>(
  { headers }: Request,
  { beginsEarly, auth, scope }: RouteOptions<Auth, unknown, unknown, unknown>,
  run: RunWork,
): EarlyWork | undefined {
  const caller = beginsEarly === true ? callers.recall(headers) : null;
  return caller === null || !isAdmitted(caller, auth, scope) ? undefined : new EarlyWork(caller, run);
}

/** Who asks, once they may: checks the origin, the role, the scope and the limit in this order. */
async function authorise<Auth extends RouteAuth>(
  request: Request,
  options: RouteOptions<Auth, unknown, unknown, unknown>,
): Promise<LoadedPrincipal | null> {
  const loaded = await loadPrincipal(request.headers);
  const found = loaded?.principal ?? null;
  if (found?.via === "session") assertSameOrigin(request);
  else if (found === null && !isSafeMethod(request.method) && requestOrigin(request.headers) === "foreign") {
    throw new AppError("cross_origin");
  }
  const principal = admit(found, options.auth, options.scope);
  if (options.limit !== undefined) {
    const key = principal === null ? clientKey(request.headers) : `${principal.orgId}:${principal.userId}`;
    const decision = await consume({ ...options.limit, key });
    if (!decision.allowed) {
      throw new AppError("rate_limited", { retryAfterSeconds: decision.retryAfterSeconds });
    }
  }
  return principal === null ? null : loaded;
}

/** The right by which a stream stays open. */
function grantedAccess({ principal, session }: LoadedPrincipal, auth: RouteAuth): GrantedAccess {
  return {
    orgId: principal.orgId,
    userId: principal.userId,
    role: auth === "public" ? "member" : auth,
    session,
    apiKeyId: principal.apiKeyId ?? null,
  };
}

function admit(
  principal: Principal | null,
  auth: RouteAuth,
  scope: Scope | "any" | undefined,
): Principal | null {
  if (auth === "public") {
    // A key without the scope sees what everybody sees, not what its owner may.
    return principal !== null && hasScope(principal, scope) ? principal : null;
  }
  if (principal === null) throw new AppError("not_signed_in");
  if (!isAdmitted(principal, auth, scope)) throw new AppError("forbidden");
  return principal;
}

function isAdmitted(principal: Principal, auth: RouteAuth, scope: Scope | "any" | undefined): boolean {
  return (auth === "public" || hasRole(principal.role, auth)) && hasScope(principal, scope);
}

async function parseInput<Params, Query, Body>(
  request: Request,
  rawParams: Readonly<Record<string, unknown>>,
  options: RouteOptions<RouteAuth, Params, Query, Body>,
): Promise<{ params: Params; query: Query; body: Body }> {
  const params = options.params?.safeParse(rawParams);
  if (params?.success === false) throw new AppError("not_found");
  const query = options.query === undefined ? undefined : parse(options.query, readQuery(request.url));
  const body =
    options.body === undefined
      ? undefined
      : parse(options.body, await readJson(request, options.bodyLimitBytes ?? BODY_LIMIT_BYTES));
  return { params: params?.data as Params, query: query as Query, body: body as Body };
}

/** The query string as an object; a name that is given several times becomes a list. */
function readQuery(url: string): Record<string, string | string[]> {
  const { searchParams } = new URL(url);
  const entries = [...new Set(searchParams.keys())].map((name) => {
    const values = searchParams.getAll(name);
    if (![name, ...values].every(isStorableText)) throw new AppError("invalid_request");
    return [name, values.length === 1 ? (values[0] ?? "") : values] as const;
  });
  return Object.fromEntries(entries);
}

function parse<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.map(String).join(".");
  const message = [path, issue?.message].filter((part) => part !== undefined && part !== "").join(": ");
  throw new AppError("invalid_request", { message: message.slice(0, 300) });
}

function answer(value: unknown, schema: z.ZodType | undefined, requestId: string): Response {
  const headers = { ...securityHeaders(), [REQUEST_ID_HEADER]: requestId };
  if (value instanceof Response) return withHeaders(value, headers);
  if (value === undefined) return new Response(null, { status: 204, headers });
  const text = JSON.stringify(value);
  // Checked as it leaves, dates as text: a field too many is found by tests, not by an attacker.
  if (schema !== undefined && environment().NODE_ENV !== "production") schema.parse(JSON.parse(text));
  return new Response(text, { headers: { ...headers, "content-type": "application/json; charset=utf-8" } });
}

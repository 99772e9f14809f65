import type { AuthOptions } from "next-auth";

/** A request in the form next-auth takes outside the App Router, where it depends on nothing of Next. */
export interface AuthCall {
  readonly method: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly cookies: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string>>;
}

/** What next-auth answered. */
export interface AuthAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Where it wants the browser to go, if anywhere. */
  readonly redirect: string | null;
  readonly body: unknown;
}

/** The part of Node's response that next-auth uses. */
interface ResponseRecorder {
  status(code: number): ResponseRecorder;
  getHeader(name: string): string | string[] | undefined;
  setHeader(name: string, value: string | string[]): ResponseRecorder;
  json(body: unknown): void;
  send(body: unknown): void;
  end(): void;
}

type AuthHandler = (request: unknown, response: ResponseRecorder, options: AuthOptions) => Promise<void>;

async function loadHandler(): Promise<AuthHandler> {
  // Loaded on the first sign-in: the router and the worker never need it. CommonJS arrives wrapped once or twice,
  // depending on who loads it.
  const loaded: unknown = (await import("next-auth")).default;
  const isWrapped = typeof loaded === "object" && loaded !== null && "default" in loaded;
  return (isWrapped ? loaded.default : loaded) as AuthHandler;
}

/** Calls next-auth and records its answer. No header of the client reaches it, so no host of theirs can come back. */
export async function callNextAuth(call: AuthCall, options: AuthOptions): Promise<AuthAnswer> {
  const headers = new Map<string, string | string[]>();
  let status = 200;
  let body: unknown;
  const recorder: ResponseRecorder = {
    status: (code) => {
      status = code;
      return recorder;
    },
    getHeader: (name) => headers.get(name.toLowerCase()),
    setHeader: (name, value) => {
      headers.set(name.toLowerCase(), value);
      return recorder;
    },
    json: (value) => {
      body = value;
    },
    send: (value) => {
      body = value;
    },
    end: () => {},
  };
  const handler = await loadHandler();
  // `json` makes next-auth keep its status and give the address in the body, which says more than its 302.
  await handler({ ...call, body: { ...call.body, json: "true" }, headers: {} }, recorder, options);
  const recorded = new Headers();
  for (const [name, value] of headers) {
    for (const one of [value].flat()) recorded.append(name, one);
  }
  const redirect = redirectOf(body);
  return { status, headers: recorded, redirect, body };
}

function redirectOf(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("url" in body)) return null;
  return typeof body.url === "string" ? body.url : null;
}

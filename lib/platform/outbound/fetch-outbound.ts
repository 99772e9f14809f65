import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { AppError } from "../../shared/errors.ts";
import { environment } from "../env.ts";
import { explainFailure } from "./explain-failure.ts";
import { createGuardedAgent, type Resolve, systemResolve } from "./guard-connect.ts";
import { limitContent, tooLarge } from "./limit-content.ts";
import { checkUrl, environmentRules, type OutboundRules } from "./outbound-rules.ts";

/** How something is fetched. */
export interface OutboundOptions {
  readonly maxBytes: number;
  /** For everything together: name, connection, redirects, content. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly accept?: string | undefined;
  /** What is there already; unchanged content is answered with status 304 and no body. */
  readonly etag?: string | null | undefined;
  readonly lastModified?: string | null | undefined;
  /** Asked before each address, the first one too; it throws to refuse. */
  readonly onHop?: ((url: URL) => Promise<void> | void) | undefined;
}

/** An answer, whatever its status but a redirect. */
export interface OutboundResponse {
  /** Where it came from in the end. */
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Unpacked; fails as soon as it is too large. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** The outside of {@link fetchOutbound}. */
export interface OutboundDeps {
  readonly rules: () => OutboundRules;
  readonly dispatcher: Dispatcher;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Name under which this program presents itself; robots.txt is asked for the part before the slash. */
export const ROBOT_NAME = "Vouch";

let shared: OutboundDeps | undefined;

function outboundDeps(): OutboundDeps {
  shared ??= makeOutboundDeps(environmentRules);
  return shared;
}

/** Connections under rules of one's own. */
export function makeOutboundDeps(rules: () => OutboundRules, resolve: Resolve = systemResolve): OutboundDeps {
  return { rules, dispatcher: createGuardedAgent(rules, resolve) };
}

/**
 * Fetches from an address that a person chose: the one way out for all of these. Only http and https; no credentials;
 * every address a name resolves to is checked in the connector, for each redirect anew.
 *
 * @param read Gets the answer while it arrives; what it leaves unread is dropped.
 * @returns what `read` returned.
 * @throws AppError `url_invalid`, `url_refused`, `url_unreachable`, `url_timeout`, `url_too_large`, `url_failed`; the
 *   signal's reason when it ends the work; the error of `read` and of `onHop`.
 */
export async function fetchOutbound<Result>(
  address: string | URL,
  options: OutboundOptions,
  read: (response: OutboundResponse) => Promise<Result>,
  deps: OutboundDeps = outboundDeps(),
): Promise<Result> {
  const deadline = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
  const explained = (error: unknown) => {
    options.signal?.throwIfAborted();
    return explainFailure(error, deadline.aborted);
  };
  let url = checkUrl(address, deps.rules());
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    await options.onHop?.(url);
    const answer = await request(url, options, signal, deps).catch((error: unknown) => {
      throw explained(error);
    });
    try {
      const target = redirectTarget(url, answer);
      if (target === undefined) return await read(toResponse(url, answer, options.maxBytes, explained));
      url = checkUrl(target, deps.rules());
    } finally {
      drop(answer);
    }
  }
  throw new AppError("url_failed", { message: "The address leads from one redirect to the next." });
}

function request(url: URL, options: OutboundOptions, signal: AbortSignal, { dispatcher }: OutboundDeps) {
  return dispatcher.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: "GET",
    signal,
    headers: {
      "user-agent": `${ROBOT_NAME}/${environment().version}`,
      accept: options.accept ?? "*/*",
      "accept-encoding": "gzip, br",
      ...(options.etag ? { "if-none-match": options.etag } : {}),
      ...(options.lastModified ? { "if-modified-since": options.lastModified } : {}),
    },
  });
}

function redirectTarget(url: URL, { statusCode, headers }: Dispatcher.ResponseData): URL | undefined {
  if (!REDIRECTS.has(statusCode)) return undefined;
  const { location } = headers;
  if (typeof location !== "string" || !URL.canParse(location, url)) {
    throw new AppError("url_failed", { message: "The site redirects without saying where to." });
  }
  return new URL(location, url);
}

/** What is left of a body is not waited for: its connection ends. */
function drop({ body }: Dispatcher.ResponseData): void {
  body.on("error", () => {});
  body.destroy();
}

function toResponse(
  url: URL,
  { statusCode, headers, body }: Dispatcher.ResponseData,
  maxBytes: number,
  explained: (error: unknown) => unknown,
): OutboundResponse {
  if (statusCode === 200 && Number(headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const encoding = headers["content-encoding"];
  async function* read() {
    try {
      yield* limitContent(body, encoding === undefined ? undefined : String(encoding), maxBytes);
    } catch (error) {
      throw explained(error);
    }
  }
  return { url, status: statusCode, headers, content: read() };
}

/** All of an answer's content, for answers known to be small. */
export async function readContent({ content }: Pick<OutboundResponse, "content">): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts);
}

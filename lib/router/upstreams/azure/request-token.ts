import type { EntraIdConfig } from "../../config/router-config.ts";
import { isJsonObject, type JsonObject } from "../../http/read-json-body.ts";
import { type Fetch, type FetchedText, fetchText } from "../health/fetch-text.ts";
import { remedyFor, TokenError } from "./token-error.ts";

/** Where tokens come from, and how they are asked for. */
export interface TokenRequestDeps {
  readonly fetch: Fetch;
  readonly readFile: (path: string) => Promise<string>;
  /** Of Entra ID; another in sovereign clouds. */
  readonly authorityHost: string;
  /** The metadata service of virtual machines and of AKS. */
  readonly metadataHost: string;
  /** The identity endpoint of App Service and Container Apps, where there is one. */
  readonly identityEndpoint: string | undefined;
  readonly identityHeader: string | undefined;
}

/** A token as it was issued. */
export interface IssuedToken {
  readonly token: string;
  /** Milliseconds it is good for from when it arrived. */
  readonly lifeMs: number;
  /** When the issuer wants to be asked again, milliseconds from when it arrived; undefined when it did not say. */
  readonly refreshInMs: number | undefined;
}

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 256 * 1024;

/** The resource of Azure OpenAI in the clouds that have one of their own. */
const RESOURCES: readonly (readonly [authority: RegExp, resource: string])[] = [
  [/\.us$/, "https://cognitiveservices.azure.us"],
  [/\.cn$/, "https://cognitiveservices.azure.cn"],
];
const PUBLIC_RESOURCE = "https://cognitiveservices.azure.com";

/** Asks once. Throws TokenError; what it says holds no secret. */
export async function requestToken(
  config: EntraIdConfig,
  signal: AbortSignal,
  deps: TokenRequestDeps,
): Promise<IssuedToken> {
  const [url, init] =
    config.kind === "managed" ? managedRequest(config, deps) : await directoryRequest(config, deps);
  let answer: FetchedText;
  try {
    answer = await fetchText(url, init, {
      fetch: deps.fetch,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      signal,
    });
  } catch (cause) {
    throw new TokenError({ isFinal: false, cause, remedy: `${url.host} cannot be reached from here` });
  }
  const body = parseObject(answer.text);
  if (answer.status !== 200) throw refusal(config, answer, body, url);
  return readIssued(body, url);
}

function resourceOf(authorityHost: string): string {
  const host = URL.parse(authorityHost)?.hostname ?? "";
  return RESOURCES.find(([pattern]) => pattern.test(host))?.[1] ?? PUBLIC_RESOURCE;
}

async function directoryRequest(
  config: Exclude<EntraIdConfig, { kind: "managed" }>,
  deps: TokenRequestDeps,
): Promise<[URL, RequestInit]> {
  const base = deps.authorityHost.replace(/\/+$/, "");
  const url = new URL(`${base}/${encodeURIComponent(config.tenantId)}/oauth2/v2.0/token`);
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: config.clientId,
    scope: `${resourceOf(deps.authorityHost)}/.default`,
  });
  if (config.kind === "secret") {
    form.set("client_secret", config.clientSecret);
  } else {
    form.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    form.set("client_assertion", await readAssertion(config.federatedTokenFile, deps));
  }
  return [url, { method: "POST", body: form, headers: { accept: "application/json" } }];
}

/** The workload's own token: its platform replaces the file, so it is read anew each time. */
async function readAssertion(path: string, { readFile }: TokenRequestDeps): Promise<string> {
  let text: string;
  try {
    text = (await readFile(path)).trim();
  } catch (cause) {
    throw new TokenError({ isFinal: false, cause, remedy: "the file federatedTokenFile cannot be read" });
  }
  if (text === "") throw new TokenError({ isFinal: false, remedy: "the file federatedTokenFile is empty" });
  return text;
}

function managedRequest(
  { clientId }: Extract<EntraIdConfig, { kind: "managed" }>,
  deps: TokenRequestDeps,
): [URL, RequestInit] {
  const isAppService = deps.identityEndpoint !== undefined && deps.identityHeader !== undefined;
  const url = isAppService
    ? new URL(deps.identityEndpoint)
    : new URL("/metadata/identity/oauth2/token", deps.metadataHost);
  url.searchParams.set("api-version", isAppService ? "2019-08-01" : "2018-02-01");
  url.searchParams.set("resource", resourceOf(deps.authorityHost));
  if (clientId !== undefined) url.searchParams.set("client_id", clientId);
  const headers: Record<string, string> = isAppService
    ? { "x-identity-header": deps.identityHeader }
    : { metadata: "true" };
  return [url, { headers }];
}

function refusal(
  config: EntraIdConfig,
  { status, headers, text }: FetchedText,
  body: JsonObject,
  url: URL,
): TokenError {
  // Only the code is taken: descriptions quote ids, and a wrong setup could make a server quote the request.
  const code = /\bAADSTS\d{4,8}\b/.exec(text)?.[0] ?? plainWord(body.error);
  const retryAfterSeconds = Number(headers.get("retry-after") ?? Number.NaN);
  const mayPass = status >= 500 || [404, 408, 410, 429].includes(status);
  const isMetadata = config.kind === "managed";
  return new TokenError({
    // The metadata service answers 404 and 410 while it starts; the directory answers 404 for a wrong address.
    isFinal: isMetadata ? !mayPass : !mayPass || status === 404 || status === 410,
    status,
    ...(code === undefined ? {} : { code }),
    ...(retryAfterSeconds >= 0 ? { retryAfterMs: retryAfterSeconds * 1000 } : {}),
    remedy:
      isMetadata && status === 400
        ? "this machine has no such managed identity: assign one, or check clientId"
        : remedyFor(code, status),
    cause: new Error(`${url.host} answered ${status}`),
  });
}

function plainWord(value: unknown): string | undefined {
  return typeof value === "string" && /^[a-z_]{1,40}$/i.test(value) ? value : undefined;
}

function readIssued(body: JsonObject, url: URL): IssuedToken {
  const token = body.access_token;
  const lifeMs = readLifeMs(body);
  // Nothing else can be a header's value, and a stray line break would be one header more.
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token) || lifeMs === undefined) {
    throw new TokenError({ isFinal: false, remedy: `${url.host} answered with something that is no token` });
  }
  const refreshIn = seconds(body.refresh_in);
  return { token, lifeMs, refreshInMs: refreshIn === undefined ? undefined : refreshIn * 1000 };
}

/** `expires_in` does not depend on two clocks being equal; App Service sends `expires_on` only. */
function readLifeMs(body: JsonObject): number | undefined {
  const expiresIn = seconds(body.expires_in);
  if (expiresIn !== undefined) return expiresIn * 1000;
  const expiresOn = seconds(body.expires_on);
  if (expiresOn === undefined) return undefined;
  return Math.max(0, expiresOn * 1000 - Date.now()) || undefined;
}

function seconds(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number > 0 ? number : undefined;
}

function parseObject(text: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(text);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    // A proxy's page: the status says what there is to say.
    return {};
  }
}

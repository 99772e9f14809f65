import type { EntraIdFile, UpstreamFile } from "./config-schema.ts";
import { mergeTimeouts, type ResolveContext, readReference } from "./resolve-context.ts";
import { resolveOnnxUpstream } from "./resolve-onnx-upstream.ts";
import type { EntraIdConfig, HttpUpstreamConfig, Timeouts, UpstreamConfig } from "./router-config.ts";

type HttpUpstreamFile = Exclude<UpstreamFile, { kind: "builtin" | "onnx" }>;

const DEFAULT_ADDRESS = { openai: "https://api.openai.com/v1", ollama: "http://127.0.0.1:11434/v1" } as const;

/** Turns one upstream of the file into what the router calls. */
export function resolveUpstream(
  name: string,
  file: UpstreamFile,
  timeouts: Timeouts,
  context: ResolveContext,
): UpstreamConfig {
  const path = ["upstreams", name];
  if (file.kind === "builtin") return { name, kind: "builtin", timeouts };
  if (name === "builtin")
    context.refuse({ path, message: 'the name "builtin" belongs to the built-in models' });
  if (file.kind === "onnx") return resolveOnnxUpstream(name, file, timeouts, context);
  return {
    name,
    kind: file.kind,
    baseUrl:
      file.kind === "azure" ? azureAddress(file, path, context) : compatibleAddress(file, path, context),
    apiKey: readKey(file.apiKey, [...path, "apiKey"], context),
    apiVersion: file.kind === "azure" ? file.apiVersion : undefined,
    ...readEntraId(file, path, context),
    streamUsage: file.streamUsage,
    responses: file.responses ?? (hasResponses(file) ? "native" : "mapped"),
    // Azure's chat deployments, nearly all there are, refuse `/completions`.
    completions: file.completions ?? (file.kind === "azure" ? "mapped" : "native"),
    metricsIntervalMs: file.kind === "vllm" ? file.metricsIntervalMs : 0,
    timeouts: mergeTimeouts(timeouts, file.timeouts),
  } satisfies HttpUpstreamConfig;
}

/** The servers known to have `/responses`: OpenAI's own and Azure's surface without dates. */
function hasResponses(file: HttpUpstreamFile): boolean {
  return (
    (file.kind === "openai" && file.baseUrl === undefined) ||
    (file.kind === "azure" && file.apiVersion === "v1")
  );
}

function readEntraId(
  file: HttpUpstreamFile,
  path: readonly string[],
  context: ResolveContext,
): { readonly entraId?: EntraIdConfig } {
  if (file.kind !== "azure") return {};
  if ((file.apiKey === undefined) === (file.entraId === undefined)) {
    context.refuse({ path: [...path, "apiKey"], message: "write apiKey or entraId, one of the two" });
  }
  if (file.entraId === undefined) return {};
  const read = (field: string, value: Parameters<typeof readReference>[0]) =>
    readReference(value, [...path, "entraId", field], context);
  return { entraId: resolveEntraId(file.entraId, read) };
}

function resolveEntraId(
  file: EntraIdFile,
  read: (field: string, value: Parameters<typeof readReference>[0]) => string | undefined,
): EntraIdConfig {
  const clientId = read("clientId", file.clientId);
  if ("managedIdentity" in file) return { kind: "managed", clientId };
  const tenant = { tenantId: read("tenantId", file.tenantId) ?? "", clientId: clientId ?? "" };
  if ("clientSecret" in file) {
    return { kind: "secret", ...tenant, clientSecret: read("clientSecret", file.clientSecret) ?? "" };
  }
  const tokenFile = read("federatedTokenFile", file.federatedTokenFile) ?? "";
  return { kind: "workload", ...tenant, federatedTokenFile: tokenFile };
}

function readKey(
  value: Parameters<typeof readReference>[0],
  path: readonly string[],
  context: ResolveContext,
): string | undefined {
  const key = readReference(value, path, context);
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    context.refuse({ path, message: "the variable holds spaces or characters that no header can carry" });
  }
  return key;
}

function compatibleAddress(
  file: Extract<UpstreamFile, { kind: "openai" | "vllm" | "ollama" }>,
  path: readonly string[],
  context: ResolveContext,
): string {
  const fallback = file.kind === "vllm" ? undefined : DEFAULT_ADDRESS[file.kind];
  const field = [...path, "baseUrl"];
  const url = checkedUrl(readReference(file.baseUrl, field, context) ?? fallback, field, context);
  // People write the address of the server; the interface of all these kinds lives under /v1.
  if (url.pathname === "/" && file.kind !== "openai") url.pathname = "/v1";
  return withoutSlash(url);
}

function azureAddress(
  file: Extract<UpstreamFile, { kind: "azure" }>,
  path: readonly string[],
  context: ResolveContext,
): string {
  if ((file.endpoint === undefined) === (file.resource === undefined)) {
    context.refuse({ path: [...path, "endpoint"], message: "write endpoint or resource, one of the two" });
  }
  const resource = readReference(file.resource, [...path, "resource"], context);
  if (resource !== undefined) {
    if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/.test(resource)) {
      context.refuse({ path: [...path, "resource"], message: "must be the resource's name, not an address" });
    }
    return `https://${resource}.openai.azure.com`;
  }
  const field = [...path, "endpoint"];
  return withoutSlash(checkedUrl(readReference(file.endpoint, field, context), field, context)).replace(
    /\/openai(\/v1)?$/,
    "",
  );
}

function checkedUrl(text: string | undefined, path: readonly string[], { refuse }: ResolveContext): URL {
  const url = text === undefined ? null : URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    return refuse({ path, message: "must be an address that starts with http:// or https://" });
  }
  if (url.username !== "" || url.search !== "" || url.hash !== "") {
    return refuse({ path, message: "must carry no user name, query or fragment" });
  }
  return url;
}

function withoutSlash(url: URL): string {
  return url.href.replace(/\/+$/, "");
}

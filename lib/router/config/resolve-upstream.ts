import type { UpstreamFile } from "./config-schema.ts";
import { mergeTimeouts, type ResolveContext, readReference } from "./resolve-context.ts";
import type { HttpUpstreamConfig, Timeouts, UpstreamConfig } from "./router-config.ts";

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
  return {
    name,
    kind: file.kind,
    baseUrl:
      file.kind === "azure" ? azureAddress(file, path, context) : compatibleAddress(file, path, context),
    apiKey: readKey(file.apiKey, [...path, "apiKey"], context),
    apiVersion: file.kind === "azure" ? file.apiVersion : undefined,
    streamUsage: file.streamUsage,
    timeouts: mergeTimeouts(timeouts, file.timeouts),
  } satisfies HttpUpstreamConfig;
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

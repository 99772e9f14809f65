import type { HttpUpstreamConfig } from "../../config/router-config.ts";
import type { Endpoint } from "../upstream.ts";

/** Where a call goes on its upstream's server and who it says it is. */
export interface CallAddress {
  /** With the query. */
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

/** The server of an upstream. */
export function originOf(upstream: HttpUpstreamConfig): URL {
  return new URL(new URL(upstream.baseUrl).origin);
}

/**
 * Address and key header of a call.
 *
 * Azure's dated surface names the deployment in the path and the version in the query; its `v1` surface and all
 * compatible servers name the model in the body. Azure wants `api-key`, the others a bearer token; a token of Entra
 * ID is a bearer token everywhere.
 */
export function callAddress(
  upstream: HttpUpstreamConfig,
  endpoint: Endpoint,
  upstreamModel: string,
): CallAddress {
  const { baseUrl, apiKey, apiVersion, kind } = upstream;
  const isAzure = kind === "azure";
  const credential = isAzure ? ["api-key", apiKey ?? ""] : ["authorization", `Bearer ${apiKey}`];
  const headers = apiKey === undefined ? [] : credential;
  if (!isAzure) return { path: pathOf(`${baseUrl}/${endpoint}`), headers };
  if (apiVersion === "v1") return { path: pathOf(`${baseUrl}/openai/v1/${endpoint}`), headers };
  // Responses name their deployment in the body on the dated surface, too.
  const place = endpoint === "responses" ? "" : `deployments/${encodeURIComponent(upstreamModel)}/`;
  const url = new URL(`${baseUrl}/openai/${place}${endpoint}`);
  url.searchParams.set("api-version", apiVersion ?? "");
  return { path: pathOf(url.href), headers };
}

function pathOf(address: string): string {
  const { pathname, search } = new URL(address);
  return pathname + search;
}

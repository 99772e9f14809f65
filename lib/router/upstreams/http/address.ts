import type { HttpUpstreamConfig } from "../../config/router-config.ts";
import type { Endpoint } from "../upstream.ts";

/** Where a call goes and who it says it is. */
export interface CallAddress {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Address and key header of a call.
 *
 * Azure's dated surface names the deployment in the path and the version in the query; its `v1` surface and all
 * compatible servers name the model in the body. Azure wants `api-key`, the others a bearer token.
 */
export function callAddress(
  upstream: HttpUpstreamConfig,
  endpoint: Endpoint,
  upstreamModel: string,
): CallAddress {
  const { baseUrl, apiKey, apiVersion, kind } = upstream;
  if (kind !== "azure") {
    const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    return { url: new URL(`${baseUrl}/${endpoint}`), headers };
  }
  const headers: Record<string, string> = apiKey === undefined ? {} : { "api-key": apiKey };
  if (apiVersion === "v1") return { url: new URL(`${baseUrl}/openai/v1/${endpoint}`), headers };
  const deployment = encodeURIComponent(upstreamModel);
  const url = new URL(`${baseUrl}/openai/deployments/${deployment}/${endpoint}`);
  url.searchParams.set("api-version", apiVersion ?? "");
  return { url, headers };
}

import type { HttpUpstreamConfig } from "../../config/router-config.ts";
import type { UpstreamCall } from "../upstream.ts";
import { callAddress, originOf } from "./address.ts";

/** What may stand in the value of a header; anything else could end it and begin another. */
const SAFE_VALUE = /^[\t\x20-\x7e]*$/;

/**
 * Writes requests to one upstream: head and body in one text, which leaves in one write. What all calls have in common
 * is written once.
 */
export function createRequestWriter(
  config: HttpUpstreamConfig,
): (asked: UpstreamCall, accept: string, body: string) => (token?: string) => string {
  const { host } = originOf(config);
  const beginnings = new Map<string, string>();
  const beginningOf = ({ endpoint, upstreamModel }: UpstreamCall, accept: string): string => {
    const key = `${accept} ${endpoint} ${upstreamModel}`;
    let beginning = beginnings.get(key);
    if (beginning === undefined) {
      const { path, headers } = callAddress(config, endpoint, upstreamModel);
      const common = ["host", host, "user-agent", "vouch-router", "content-type", "application/json"];
      beginning = `POST ${path} HTTP/1.1\r\n${fields([...common, "accept", accept, ...headers])}`;
      beginnings.set(key, beginning);
    }
    return beginning;
  };
  return (asked, accept, body) => {
    const more = asked.headers === undefined ? "" : fields(Object.entries(asked.headers).flat());
    const head = `${beginningOf(asked, accept)}${field("x-request-id", asked.requestId)}${more}`;
    const end = `content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
    return (token) =>
      `${head}${token === undefined ? "" : field("authorization", `Bearer ${token}`)}${end}${body}`;
  };
}

/** @param list names and values in turn. */
function fields(list: readonly string[]): string {
  let text = "";
  for (let at = 0; at + 1 < list.length; at += 2) text += field(list[at] as string, list[at + 1] as string);
  return text;
}

/** @throws TypeError when the value would not stay one. */
function field(name: string, value: string): string {
  if (!SAFE_VALUE.test(value)) throw new TypeError(`the header ${name} cannot hold its value`);
  return `${name}: ${value}\r\n`;
}

import { request as httpRequest } from "node:http";
import { chatBody, postRaw, type RawAnswer } from "../test-client.ts";
import { TEST_KEY, type TestRouter } from "../test-router.ts";

const PRICE = "price: { input: 2, cachedInput: 1, output: 10 }";

/**
 * A model with two places, in YAML: the first is asked as long as it may be, the second only in its stead.
 *
 * @param first name of the script at the upstream `scripted`; `second` at the upstream `second`.
 * @param more further fields of the model.
 */
export function inOrder(name: string, first: string, second: string, more = ""): string {
  const targets = [
    `{ upstream: scripted, upstreamModel: ${first}, weight: 1 }`,
    `{ upstream: second, upstreamModel: ${second}, weight: 0 }`,
  ];
  const rest = more === "" ? "" : `, ${more}`;
  return `  - { name: ${name}, kind: chat, policy: weighted, ${PRICE}, targets: [${targets.join(", ")}]${rest} }`;
}

/** Streams a chat answer. */
export function stream(router: TestRouter, model: string, more: object = {}): Promise<RawAnswer> {
  return postRaw(`${router.baseUrl}/chat/completions`, chatBody(model, { stream: true, ...more }));
}

/** Asks for a whole chat answer. */
export function whole(router: TestRouter, model: string, more: object = {}): Promise<RawAnswer> {
  return postRaw(`${router.baseUrl}/chat/completions`, chatBody(model, more));
}

/** Sends a chat call whose answer nobody reads, and returns what leaves it. */
export function beginCall(router: TestRouter, body: object): { leave: () => void } {
  const headers = { authorization: `Bearer ${TEST_KEY}` };
  const url = `${router.baseUrl}/chat/completions`;
  const request = httpRequest(url, { method: "POST", headers, agent: false });
  request.on("error", () => {});
  request.on("response", (response) => response.on("error", () => {}).resume());
  request.end(JSON.stringify(body));
  return { leave: () => request.destroy() };
}

/** The text of a script that sends so many plain tokens. */
export function plainText(tokens: number): string {
  return Array.from({ length: tokens }, (_, index) => `tok${index} `).join("");
}

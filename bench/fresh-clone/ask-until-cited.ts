import { randomUUID } from "node:crypto";

const GIVE_UP_MS = 180_000;
const BETWEEN_ATTEMPTS_MS = 500;
const REQUEST_MS = 60_000;

/** Signs in as guest, as the button on the sign-in page does, and returns the cookies. */
async function signInAsGuest(url: string): Promise<string> {
  const jar = new Map<string, string>();
  const cookies = () => Array.from(jar, ([name, value]) => `${name}=${value}`).join("; ");
  const send = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${url}/api/auth/${path}`, {
      ...init,
      redirect: "manual",
      headers: { ...(init.headers as Record<string, string>), cookie: cookies() },
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    return response;
  };
  const { csrfToken } = (await (await send("csrf")).json()) as { csrfToken: string };
  const answer = await send("callback/guest", {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      origin: url,
      "sec-fetch-site": "same-origin",
    },
    body: new URLSearchParams({ csrfToken, json: "true" }),
  });
  if (answer.status >= 400) throw new Error(`guest sign-in: ${answer.status} ${await answer.text()}`);
  return cookies();
}

/**
 * Asks until an answer holds a citation: right after the first start the sample documents are still being indexed.
 *
 * @returns the number of citations of that answer.
 */
export async function askUntilCited(url: string, question: string): Promise<{ readonly markers: number }> {
  const cookie = await signInAsGuest(url);
  const untilMs = performance.now() + GIVE_UP_MS;
  let body = "";
  while (performance.now() < untilMs) {
    const response = await fetch(`${url}/api/chat`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: url, "sec-fetch-site": "same-origin", cookie },
      body: JSON.stringify({ idempotencyKey: randomUUID(), message: { type: "text", text: question } }),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    body = await response.text();
    if (response.status !== 200) throw new Error(`POST /api/chat: ${response.status} ${body.slice(0, 300)}`);
    const markers = body.split('"type":"data-citation"').length - 1;
    if (markers > 0) return { markers };
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_ATTEMPTS_MS));
  }
  throw new Error(`no citation within ${GIVE_UP_MS} ms; the last answer ended with:\n${body.slice(-500)}`);
}

import { TEST_PASSWORD } from "./accounts-for-tests.ts";
import { handleAuthRequest } from "./handle-auth-request.ts";
import { findPrincipalByHeaders } from "./load-principal.ts";

/** A browser that keeps its cookies; `signIn` uses the given address unless told otherwise. */
export function createTestBrowser(ownEmail: string, jar: Record<string, string> = {}) {
  const cookie = () =>
    Object.entries(jar)
      .map(([name, value]) => `${name}=${value}`)
      .join("; ");
  async function send(action: string, init: RequestInit = {}, search = ""): Promise<Response> {
    const response = await handleAuthRequest(
      new Request(`http://localhost:3000/api/auth/${action}${search}`, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), cookie: cookie() },
      }),
      { params: Promise.resolve({ nextauth: action.split("/") }) },
    );
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const name = pair.slice(0, pair.indexOf("="));
      const value = pair.slice(pair.indexOf("=") + 1);
      if (value === "" || /max-age=0/i.test(line)) delete jar[name];
      else jar[name] = value;
    }
    return response;
  }
  async function post(action: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    const { csrfToken } = (await (await send("csrf")).json()) as { csrfToken: string };
    return send(action, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "sec-fetch-site": "same-origin",
        ...headers,
      },
      body: new URLSearchParams({ csrfToken, json: "true", ...fields }),
    });
  }
  const signIn = (email = ownEmail, password = TEST_PASSWORD, fields: Record<string, string> = {}) =>
    post("callback/password", { email, password, ...fields });
  return { jar, cookie, send, post, signIn, principal: () => findPrincipalByHeaders({ cookie: cookie() }) };
}

export type TestBrowser = ReturnType<typeof createTestBrowser>;

import { z } from "zod";
import "@/components/http/zod-without-eval.ts";
import { errorSentence, offlineError, RequestError } from "@/components/http/request-json.ts";

const csrfSchema = z.object({ csrfToken: z.string() });
const refusalSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Posts one of the sign-in library's forms with its token. Null on success, else the sentence to show. */
async function postAuthForm(path: string, fields: Readonly<Record<string, string>>): Promise<string | null> {
  try {
    const tokenResponse = await send("/api/auth/csrf");
    const { csrfToken } = csrfSchema.parse(await tokenResponse.json());
    const body = new URLSearchParams({ ...fields, csrfToken, json: "true" });
    const response = await send(`/api/auth/${path}`, { method: "POST", body });
    if (response.ok) return null;
    const refusal = refusalSchema.safeParse(await response.json().catch(() => null));
    return refusal.success ? refusal.data.error.message : "Signing in did not work. Try again.";
  } catch (error) {
    return errorSentence(error);
  }
}

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, { ...init, signal: AbortSignal.timeout(20_000) }).catch(() => {
    throw offlineError();
  });
  if (response.status >= 500)
    throw new RequestError(
      "unavailable",
      "The service is not ready. Try again in a moment.",
      response.status,
    );
  return response;
}

/** Signs in with an account of this installation. */
export function signInWithPassword(email: string, password: string): Promise<string | null> {
  return postAuthForm("callback/password", { email, password });
}

/** Signs in without an account. */
export function signInAsGuest(): Promise<string | null> {
  return postAuthForm("callback/guest", {});
}

/** Ends the session of this browser. */
export function signOut(): Promise<string | null> {
  return postAuthForm("signout", {});
}

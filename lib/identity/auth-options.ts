import type { AuthOptions, User } from "next-auth";
import { httpError } from "../platform/http/index.ts";
import { logger } from "../platform/log.ts";
import { type AppError, toAppError } from "../shared/errors.ts";
import { findPrincipalBySession } from "./queries/principals.ts";
import {
  SESSION_SECONDS,
  type SessionClaims,
  sessionClaimsSchema,
  sessionCookieName,
  sessionSecret,
  usesSecureCookies,
} from "./session-token.ts";
import { signInAsGuest, signInWithPassword } from "./sign-in.ts";

/** What the options need to know about the request they serve. */
export interface AuthRequest {
  /** Whose guest budget is spent. */
  readonly client: string;
  /** Told why a sign-in was refused; next-auth itself passes on a text only. */
  readonly onRefused: (error: AppError) => void;
  /** Told whose session begins. */
  readonly onSignedIn: (claims: SessionClaims) => void;
}

/** A user as the `authorize` functions give it to the `jwt` callback. */
type SignedInUser = User & { readonly claims: SessionClaims };

async function asUser(request: AuthRequest, signIn: () => Promise<SessionClaims>): Promise<SignedInUser> {
  try {
    const claims = await signIn();
    request.onSignedIn(claims);
    return { id: claims.sub, claims };
  } catch (error) {
    const refusal = httpError(error);
    request.onRefused(refusal);
    // next-auth writes the message into an address, so it must be a code and nothing else.
    throw new Error(refusal.code);
  }
}

function providers(request: AuthRequest): AuthOptions["providers"] {
  return [
    {
      id: "password",
      name: "E-mail and password",
      type: "credentials",
      credentials: { email: { type: "email" }, password: { type: "password" } },
      authorize: (given) =>
        asUser(request, () =>
          signInWithPassword({ email: String(given?.email ?? ""), password: String(given?.password ?? "") }),
        ),
    },
    {
      id: "guest",
      name: "Guest",
      type: "credentials",
      credentials: {},
      authorize: () => asUser(request, () => signInAsGuest(request.client)),
    },
  ];
}

/** Keeps next-auth's own words out of the log: they can quote what people sent. */
const quietLogger: AuthOptions["logger"] = {
  error: (code, metadata) => {
    // A cookie that does not decrypt or whose session is over is a visitor, not a fault.
    const isOrdinary = code === "JWT_SESSION_ERROR";
    if (isOrdinary) logger.debug({ reason: code }, "session token refused");
    else logger.error({ reason: code, error: toAppError(metadata) }, "sign-in library failed");
  },
  warn: (code) => logger.debug({ reason: code }, "sign-in library warned"),
  debug: () => {},
};

/** Options of next-auth for one request. */
export function authOptions(request: AuthRequest): AuthOptions {
  const isSecure = usesSecureCookies();
  return {
    providers: providers(request),
    secret: sessionSecret(),
    session: { strategy: "jwt", maxAge: SESSION_SECONDS },
    useSecureCookies: isSecure,
    cookies: {
      sessionToken: {
        name: sessionCookieName(),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure },
      },
    },
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    logger: quietLogger,
    callbacks: {
      jwt: async ({ token, user }) => {
        if (user !== undefined) return { ...(user as SignedInUser).claims };
        const claims = sessionClaimsSchema.parse(token);
        if ((await findPrincipalBySession(claims)) === null) throw new Error("session is over");
        return claims;
      },
      session: async ({ session, token }) => {
        const principal = await findPrincipalBySession(sessionClaimsSchema.parse(token));
        return {
          expires: session.expires,
          user: {
            id: principal?.userId,
            name: principal?.name,
            email: principal?.email,
            role: principal?.role,
            isGuest: principal?.isGuest,
          },
        };
      },
    },
  };
}

import { environment } from "../platform/env.ts";

/** An address that cannot be listened on; the message is one line naming PORT or HOST and the remedy. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/** Errors whose message is written for a person. By name: their classes would load the whole program first. */
const FOR_PEOPLE = new Set([
  "EnvironmentError",
  "DataDirectoryError",
  "ConfigError",
  "ListenError",
  "AppError",
]);

/** What a database's refusal means for the person who wrote its address, by SQLSTATE or system error code. */
const DATABASE_REFUSALS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the database does not answer",
  ECONNRESET: "the database closed the connection",
  CONNECTION_CLOSED: "the database closed the connection",
  CONNECT_TIMEOUT: "the database does not answer in time",
  ETIMEDOUT: "the database does not answer in time",
  EHOSTUNREACH: "the database cannot be reached",
  ENETUNREACH: "the database cannot be reached",
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "there is no host of that name",
  ERR_INVALID_URL: "is not a URL",
  "28P01": "the database refuses the user name or the password",
  "28000": "the database refuses the user",
  "3D000": "there is no database of that name",
  "42501": "the user may not create what the program needs",
  "53300": "the database has no connection left",
  "55P03": "another program is preparing the database",
};

/**
 * What went wrong at the start: one line for what a person can mend, the stack for what is our fault.
 *
 * @param error What was thrown; its causes are read as well, since query builders wrap what the database said.
 */
export function explainStartError(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (FOR_PEOPLE.has(cause.name)) return firstLine(cause.message);
    const refusal = "code" in cause ? DATABASE_REFUSALS[String(cause.code)] : undefined;
    if (refusal !== undefined && hasDatabaseOfItsOwn())
      return `DATABASE_URL: ${refusal}. Check the address and start again`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The embedded database is no address that a person could mend. */
function hasDatabaseOfItsOwn(): boolean {
  try {
    return environment().DATABASE_URL !== undefined;
  } catch {
    return false;
  }
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}

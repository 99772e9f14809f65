import {
  authenticationOk,
  backendKeyData,
  negotiateProtocolVersion,
  parameterStatus,
  readyForQuery,
  type WireError,
} from "./backend-messages.ts";

/** What a client asks for in its first, untyped messages. */
export type StartupRequest =
  | { kind: "encryption" }
  | { kind: "cancel"; processId: number; secret: number }
  | { kind: "session"; minorVersion: number; parameters: Map<string, string> }
  | { kind: "unsupported" };

const CANCEL = 80877102;
const TLS = 80877103;
const GSS_ENCRYPTION = 80877104;

/** @param body the message without its length. */
export function parseStartup(body: Buffer): StartupRequest {
  const code = body.readInt32BE(0);
  if (code === TLS || code === GSS_ENCRYPTION) return { kind: "encryption" };
  if (code === CANCEL && body.length >= 12) {
    return { kind: "cancel", processId: body.readUInt32BE(4), secret: body.readUInt32BE(8) };
  }
  if (code >> 16 !== 3) return { kind: "unsupported" };
  const words = body.toString("utf8", 4).split("\0");
  const parameters = new Map<string, string>();
  for (let index = 0; index + 1 < words.length && words[index]; index += 2) {
    parameters.set(words[index] ?? "", words[index + 1] ?? "");
  }
  return { kind: "session", minorVersion: code & 0xffff, parameters };
}

/** Any user and database name leads to the one database; timeouts cannot work without signals and do nothing. */
const IGNORED_PARAMETERS = new Set([
  "user",
  "database",
  "application_name",
  "fallback_application_name",
  "statement_timeout",
  "lock_timeout",
  "transaction_timeout",
  "idle_in_transaction_session_timeout",
  "idle_session_timeout",
  "extra_float_digits",
]);

/** Settings every client gets anyway; asking for exactly them is fine. */
const FIXED_PARAMETERS: Record<string, RegExp> = {
  client_encoding: /^(?:utf-?8|unicode|sql_ascii)$/i,
  timezone: /^(?:utc|gmt|etc\/utc)$/i,
  datestyle: /^iso(?:, ?mdy)?$/i,
  search_path: /^"?public"?$/i,
  replication: /^(?:off|false|no|0)$/i,
  options: /^$/,
};

/** The error for a client that asks at startup for a setting the shared session cannot give it. */
export function refusedParameter(parameters: Map<string, string>): WireError | undefined {
  for (const [name, value] of parameters) {
    const lowerName = name.toLowerCase();
    if (IGNORED_PARAMETERS.has(lowerName) || lowerName.startsWith("_pq_.")) continue;
    if (FIXED_PARAMETERS[lowerName]?.test(value)) continue;
    return {
      severity: "FATAL",
      code: "0A000",
      message: `startup parameter "${name}" cannot be set in the embedded database, whose clients share one session`,
      hint: "Use SET LOCAL inside a transaction.",
    };
  }
  return undefined;
}

/** The server's welcome to a client, up to its first ReadyForQuery. */
export function welcome(
  request: Extract<StartupRequest, { kind: "session" }>,
  serverParameters: ReadonlyMap<string, string>,
  identity: { processId: number; secret: number },
): Buffer {
  const unknownOptions = [...request.parameters.keys()].filter((name) => name.startsWith("_pq_."));
  const messages: Buffer[] = [];
  if (request.minorVersion > 0 || unknownOptions.length > 0) {
    messages.push(negotiateProtocolVersion(unknownOptions));
  }
  messages.push(authenticationOk());
  for (const [name, value] of serverParameters) messages.push(parameterStatus(name, value));
  messages.push(parameterStatus("application_name", request.parameters.get("application_name") ?? ""));
  messages.push(backendKeyData(identity.processId, identity.secret), readyForQuery("I"));
  return Buffer.concat(messages);
}

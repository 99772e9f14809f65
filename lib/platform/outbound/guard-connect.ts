import dns from "node:dns";
import type { LookupFunction, Socket } from "node:net";
import { Agent, buildConnector } from "undici";
import { AppError } from "../../shared/errors.ts";
import { parseAddress } from "./address-rules.ts";
import { checkAddress, type OutboundRules } from "./outbound-rules.ts";

/** Every address of a name, as `dns.lookup` with `all` gives them. */
export type Resolve = (
  host: string,
) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** The machine's own resolver. */
export const systemResolve: Resolve = (host) => dns.promises.lookup(host, { all: true, verbatim: true });

const CONNECT_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 15_000;
/** Between two pieces of a body. */
const BODY_TIMEOUT_MS = 15_000;
const MAX_HEADER_BYTES = 32 * 1024;
const CONNECTIONS_PER_HOST = 4;

/**
 * Connections that lead nowhere else than the rules say. A name is resolved once, all its addresses are checked, and
 * the socket gets exactly these: there is no second look-up that could answer differently.
 */
export function createGuardedAgent(rules: () => OutboundRules, resolve: Resolve): Agent {
  return new Agent({
    connect: guardedConnector(rules, resolve),
    allowH2: false,
    connections: CONNECTIONS_PER_HOST,
    pipelining: 1,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 15_000,
  });
}

function guardedConnector(rules: () => OutboundRules, resolve: Resolve): buildConnector.connector {
  return (options, callback) => {
    const port = Number(options.port) || (options.protocol === "https:" ? 443 : 80);
    const host = options.hostname;
    const check = (text: string) => {
      const address = parseAddress(text);
      if (address === undefined) throw new AppError("url_refused");
      checkAddress(host, address, port, rules());
    };
    try {
      // An address in place of a name is never looked up.
      if (parseAddress(host) !== undefined) check(host);
    } catch (error) {
      callback(error as Error, null);
      return;
    }
    const connect = buildConnector({
      timeout: CONNECT_TIMEOUT_MS,
      allowH2: false,
      lookup: guardedLookup(resolve, check),
    });
    connect(options, (...[error, socket]) => {
      if (error !== null) callback(error, null);
      else refuseStray(socket, check, callback);
    });
  };
}

/** The second wall: where the socket really ended. */
function refuseStray(
  socket: Socket,
  check: (address: string) => void,
  callback: buildConnector.Callback,
): void {
  try {
    check(socket.remoteAddress ?? "");
    callback(null, socket as never);
  } catch (error) {
    socket.destroy();
    callback(error as Error, null);
  }
}

function guardedLookup(resolve: Resolve, check: (address: string) => void): LookupFunction {
  return (host, options, callback) => {
    resolve(host)
      .then((addresses) => {
        // One bad address refuses the name: which of several is tried would be the other side's choice.
        for (const { address } of addresses) check(address);
        const [first] = addresses;
        if (first === undefined) throw Object.assign(new Error("no address"), { code: "ENOTFOUND" });
        if (options.all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      })
      .catch((error: NodeJS.ErrnoException) => callback(error, "", 0));
  };
}

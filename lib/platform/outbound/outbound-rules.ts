import { networkInterfaces } from "node:os";
import { AppError } from "../../shared/errors.ts";
import { environment } from "../env.ts";
import { ownAddress } from "../own-address.ts";
import { type Address, isNeverAddress, isPublicAddress, parseAddress } from "./address-rules.ts";
import { type AllowEntry, allowsAddress, allowsName, parseAllowList, WEB_PORTS } from "./allow-list.ts";

/** Longer addresses are refused: nobody types them, and they are kept in rows and indexes. */
const MAX_URL_LENGTH = 2_000;

/** What this installation may reach. */
export interface OutboundRules {
  readonly allow: readonly AllowEntry[];
  /** The port this program listens on. */
  readonly ownPort: number;
  /** `host:port` under which people reach this program, when one is configured. */
  readonly ownHost: string | undefined;
}

let known: { readonly text: string; readonly allow: readonly AllowEntry[] } | undefined;

/** The rules the environment sets. */
export function environmentRules(): OutboundRules {
  const { VOUCH_OUTBOUND_ALLOW: text, PUBLIC_URL: publicUrl } = environment();
  if (known?.text !== text) known = { text, allow: parseAllowList(text) };
  return {
    allow: known.allow,
    ownPort: portOf(new URL(ownAddress())),
    ownHost: publicUrl === undefined ? undefined : hostAndPort(new URL(publicUrl)),
  };
}

/** The port of a web address, also when it is the scheme's own. */
export function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

function hostAndPort(url: URL): string {
  return `${url.hostname.toLowerCase().replace(/\.$/, "")}:${portOf(url)}`;
}

/**
 * Reads a web address and checks all of it that can be checked before its name is resolved. The one parser for
 * everything a person can point at: what it returns is what is connected to.
 *
 * @returns the address without its fragment.
 * @throws AppError `url_invalid` or `url_refused`.
 */
export function checkUrl(address: string | URL, rules: OutboundRules): URL {
  const url = parseUrl(String(address));
  const port = portOf(url);
  const literal = parseAddress(url.hostname);
  if (rules.ownHost === hostAndPort(url)) throw ownPortError();
  if (literal !== undefined) checkAddress(url.hostname, literal, port, rules);
  else if (!WEB_PORTS.has(port) && !allowsName(rules.allow, url.hostname, port)) {
    // An entry for the addresses behind the name may permit the port; the connector decides.
    if (!rules.allow.some((entry) => entry.range !== undefined)) throw portError(port);
  }
  return url;
}

function parseUrl(text: string): URL {
  const url = text.length <= MAX_URL_LENGTH && URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "") {
    throw new AppError("url_invalid");
  }
  if (url.username !== "" || url.password !== "") {
    throw new AppError("url_refused", { message: "An address with a user name or password is not fetched." });
  }
  url.hash = "";
  return url;
}

/**
 * Checks an address that a host stands for.
 *
 * @throws AppError `url_refused`.
 */
export function checkAddress(host: string, address: Address, port: number, rules: OutboundRules): void {
  const isAllowed = allowsName(rules.allow, host, port) || allowsAddress(rules.allow, address, port);
  if (isNeverAddress(address) || !(isPublicAddress(address) || isAllowed)) throw new AppError("url_refused");
  if (port === rules.ownPort && isOwnAddress(address)) throw ownPortError();
  if (!WEB_PORTS.has(port) && !isAllowed) throw portError(port);
}

/** True for an address of this machine. */
function isOwnAddress(address: Address): boolean {
  if (address.range() === "loopback") return true;
  const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return own.some((entry) => parseAddress(entry.address)?.toString() === address.toString());
}

function ownPortError(): AppError {
  return new AppError("url_refused", { message: "This is the address of this program itself." });
}

function portError(port: number): AppError {
  return new AppError("url_refused", {
    message: `Port ${port} is not one of the web's. An administrator can permit the host with VOUCH_OUTBOUND_ALLOW.`,
  });
}

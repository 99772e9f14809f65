import ipaddr from "ipaddr.js";
import { type Address, isInRange, parseAddress } from "./address-rules.ts";

/** Ports of the web; any other must be named in the list of permitted hosts. */
export const WEB_PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);

/** Hosts an operator permits although they are private, and ports beside those of the web. */
export interface AllowEntry {
  /** A name in lower case, or `.name` for every name below it; undefined for addresses. */
  readonly name?: string;
  readonly range?: readonly [Address, number];
  /** Undefined: the ports of the web. */
  readonly port?: number | "any";
}

/**
 * Reads `VOUCH_OUTBOUND_ALLOW`: entries separated by commas or spaces, each `name`, `*.name`, an address or a range
 * (`10.2.0.0/16`, `[fd12::]/16`), with `:port` or `:*` when other ports than those of the web are meant.
 *
 * @throws Error that names the entry that is wrong.
 */
export function parseAllowList(text: string): readonly AllowEntry[] {
  return text
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .map(parseEntry);
}

function parseEntry(entry: string): AllowEntry {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(\/\d{1,3})?(?::(\*|\d{1,5}))?$/i.exec(entry);
  const [, host = "", bits = "", portText] = match ?? [];
  const port = portText === undefined ? undefined : portText === "*" ? ("any" as const) : Number(portText);
  if (host === "" || (typeof port === "number" && (port < 1 || port > 65_535))) throw wrongEntry(entry);
  const withPort = port === undefined ? {} : { port };
  const cidr = host.includes("/") ? host : `${host.replaceAll(/[[\]]/g, "")}${bits}`;
  if (cidr.includes("/")) return { range: parseRange(cidr, entry), ...withPort };
  const address = parseAddress(host);
  if (address !== undefined) {
    return { range: [address, address.kind() === "ipv4" ? 32 : 128], ...withPort };
  }
  if (!/^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i.test(host)) throw wrongEntry(entry);
  return { name: host.toLowerCase().replace(/^\*\./, "."), ...withPort };
}

function parseRange(cidr: string, entry: string): [Address, number] {
  try {
    return ipaddr.parseCIDR(cidr);
  } catch {
    throw wrongEntry(entry);
  }
}

function wrongEntry(entry: string): Error {
  return new Error(`"${entry}" is no host, address or range, with or without a port`);
}

function allowsPort(entry: AllowEntry, port: number): boolean {
  return entry.port === undefined ? WEB_PORTS.has(port) : entry.port === "any" || entry.port === port;
}

/** True when a name may lead to private addresses, at this port. */
export function allowsName(list: readonly AllowEntry[], host: string, port: number): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  return list.some(
    (entry) =>
      entry.name !== undefined &&
      allowsPort(entry, port) &&
      (entry.name.startsWith(".") ? name.endsWith(entry.name) : name === entry.name),
  );
}

/** True when an address is permitted although it is private, at this port. */
export function allowsAddress(list: readonly AllowEntry[], address: Address, port: number): boolean {
  return list.some(
    ({ range, ...entry }) =>
      range !== undefined && allowsPort(entry, port) && isInRange(address, [range[0], range[1]]),
  );
}

import ipaddr from "ipaddr.js";

/** An address in one of the two families. */
export type Address = ipaddr.IPv4 | ipaddr.IPv6;

type Range = [Address, number];

/** Only here do addresses of the public IPv6 internet lie; everything else is special, mapped or unassigned. */
const GLOBAL_UNICAST_V6 = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Where clouds answer with credentials and machines answer for themselves: no list of permitted hosts opens these.
 * 168.63.129.16 (Azure) and 100.100.100.200 (Alibaba) look like ordinary addresses; 192.0.0.192 is Oracle's.
 */
const NEVER: readonly Range[] = [
  "0.0.0.0/8",
  "169.254.0.0/16",
  "168.63.129.16/32",
  "100.100.100.200/32",
  "192.0.0.192/32",
  "224.0.0.0/4",
  "255.255.255.255/32",
].map((range) => ipaddr.IPv4.parseCIDR(range));

const NEVER_V6: readonly Range[] = [
  "::/128",
  "fe80::/10",
  "fd00:ec2::/32",
  "fd20:ce::254/128",
  "ff00::/8",
].map((range) => ipaddr.IPv6.parseCIDR(range));

/**
 * Reads an address as a resolver, a socket or a URL writes it; an IPv4 address inside IPv6 (`::ffff:127.0.0.1`) becomes
 * the IPv4 address it is. Undefined for anything else: a name, an address with a zone.
 */
export function parseAddress(text: string): Address | undefined {
  const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  if (bare.includes("%") || !(ipaddr.IPv4.isValidFourPartDecimal(bare) || ipaddr.IPv6.isValid(bare))) {
    return undefined;
  }
  return ipaddr.process(bare);
}

/** True when the address lies in the range; addresses of different families never do. */
export function isInRange(address: Address, [network, bits]: Range): boolean {
  return address.kind() === network.kind() && address.match(network as never, bits);
}

/** True for addresses that nobody may permit. */
export function isNeverAddress(address: Address): boolean {
  return (address.kind() === "ipv4" ? NEVER : NEVER_V6).some((range) => isInRange(address, range));
}

/**
 * True for an ordinary address of the public internet. Private, loopback, shared and documentation ranges are not; nor
 * are those that carry an IPv4 address inside (NAT64, 6to4, Teredo, ISATAP): whoever unwraps them may lead inside.
 */
export function isPublicAddress(address: Address): boolean {
  if (isNeverAddress(address) || address.range() !== "unicast") return false;
  if (address.kind() === "ipv4") return true;
  const [, , , , high, low] = (address as ipaddr.IPv6).parts;
  const isIsatap = (high === 0 || high === 0x0200) && low === 0x5efe;
  return isInRange(address, GLOBAL_UNICAST_V6) && !isIsatap;
}

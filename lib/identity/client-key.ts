/**
 * Header in which our own server writes the address of the socket, over whatever a client sent under that name.
 * Forwarding headers of clients are never read: anybody can write them.
 */
export const CLIENT_ADDRESS_HEADER = "x-vouch-client-address";

/** Whose budget a request without a principal spends: its address, or one common budget when it is not known. */
export function clientKey(headers: Headers): string {
  const address = headers.get(CLIENT_ADDRESS_HEADER);
  return address !== null && /^[0-9a-fA-F:.%a-z]{2,64}$/.test(address) ? address : "anyone";
}

import { environment } from "./env.ts";

// Shared with the copy of this module that Next bundles into its route handlers.
const holder = globalThis as typeof globalThis & { vouchOwnPort?: number };

/** Remembers the port the server of this process listens on; called once it listens. */
export function setOwnPort(port: number): void {
  holder.vouchOwnPort = port;
}

/** Address under which this process reaches its own server, e.g. `http://127.0.0.1:3000`. */
export function ownAddress(): string {
  return `http://127.0.0.1:${holder.vouchOwnPort ?? environment().PORT}`;
}

/** Address under which people reach the program. */
export function publicAddress(): string {
  return (
    environment().PUBLIC_URL ?? `http://localhost:${holder.vouchOwnPort ?? environment().PORT}`
  ).replace(/\/$/, "");
}

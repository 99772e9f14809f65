// Shared with the copy of this module that Next bundles into its route handlers.
const holder = globalThis as typeof globalThis & { vouchIsDraining?: boolean };

/** From now on readiness says no, so that a load balancer sends no new requests here. */
export function beginDraining(): void {
  holder.vouchIsDraining = true;
}

/** True once the process was told to stop. */
export function isDraining(): boolean {
  return holder.vouchIsDraining === true;
}

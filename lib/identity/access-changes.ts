// Next bundles this module a second time into its route handlers; a change in one copy must be seen in the other.
const holder = globalThis as typeof globalThis & { vouchAccessChanges?: number };

/** Says that somebody's rights have changed in this process: what was remembered of anybody's rights is void. */
export function noteAccessChange(): void {
  holder.vouchAccessChanges = accessChanges() + 1;
}

/** How many changes of rights this process has made; a memory of rights is good while the number stands. */
export function accessChanges(): number {
  return holder.vouchAccessChanges ?? 0;
}

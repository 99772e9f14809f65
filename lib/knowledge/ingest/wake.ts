/** Lets workers in the same process look for documents at once; those in other processes look several times a second. */
const holder = globalThis as typeof globalThis & { vouchIngestionWakers?: Set<() => void> };

/** Calls `wake` whenever {@link wakeIngestion} is called; returns the function that ends that. */
export function onWakeIngestion(wake: () => void): () => void {
  holder.vouchIngestionWakers ??= new Set();
  const wakers = holder.vouchIngestionWakers.add(wake);
  return () => wakers.delete(wake);
}

/** Tells that a document waits, once the transaction that queued it is committed. */
export function wakeIngestion(): void {
  for (const wake of holder.vouchIngestionWakers ?? []) wake();
}

/** Lets a worker in the same process know at once that a job is there; other processes find it at their next look. */
const holder = globalThis as typeof globalThis & { vouchQueueWaiters?: Map<string, Set<() => void>> };

function waiters(): Map<string, Set<() => void>> {
  holder.vouchQueueWaiters ??= new Map();
  return holder.vouchQueueWaiters;
}

/** Calls `wake` whenever this process enqueues into `queue`; returns the function that ends that. */
export function onEnqueued(queue: string, wake: () => void): () => void {
  const listeners = waiters().get(queue) ?? new Set();
  waiters().set(queue, listeners.add(wake));
  return () => listeners.delete(wake);
}

/** Wakes the workers of this process that wait for jobs of `queue`. */
export function announceEnqueued(queue: string): void {
  for (const wake of waiters().get(queue) ?? []) wake();
}

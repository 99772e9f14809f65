/** Tells the supervisor that this process is ready; a role that runs by itself has nobody to tell. */
export function sendReady(facts: Readonly<Record<string, unknown>> = {}): void {
  // A supervisor that is gone by now hears nothing; the closed channel ends this process in order.
  process.send?.({ type: "ready", ...facts }, undefined, undefined, () => {});
}

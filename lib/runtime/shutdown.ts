/** A process that is still not done after this long ends anyway, with an error. */
const SHUTDOWN_MS = 29_000;

/**
 * Runs `stop` once, on SIGTERM, SIGINT or SIGHUP, or when the supervisor is gone, and ends the process: 0 when
 * everything ended in order, 1 when not.
 */
export function onShutdown(stop: () => Promise<void>): void {
  let isStopping = false;
  const begin = () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`vouch: shutdown failed: ${error instanceof Error ? error.name : "unknown"}\n`);
        process.exit(1);
      },
    );
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, begin);
  process.on("disconnect", begin);
}

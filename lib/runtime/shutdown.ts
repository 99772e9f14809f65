/** A process that is still not done after this long ends anyway, with an error. */
const SHUTDOWN_MS = 29_000;

let isStopping = false;

/** True once the process was told to stop: what fails from then on fails because of that. */
export function isShuttingDown(): boolean {
  return isStopping;
}

/** What a process does beside ending. */
export interface ShutdownOptions {
  /**
   * Called on SIGHUP in place of an end, by processes that nobody watches in a terminal: there the signal means "read
   * your configuration again", in a terminal it means that the terminal was closed.
   */
  readonly onHangUp?: () => void;
}

/**
 * Runs `stop` once, on SIGTERM, SIGINT or SIGHUP, or when the parent process is gone, and ends the process: 0 when
 * everything ended in order, 1 when not. Called at the very start, so that a process never outlives its parent;
 * `stop` ends what runs by then.
 */
export function onShutdown(stop: () => Promise<void>, options: ShutdownOptions = {}): void {
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
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, begin);
  const { onHangUp } = options;
  process.on("SIGHUP", onHangUp === undefined || process.stdin.isTTY ? begin : onHangUp);
  process.on("disconnect", begin);
  // The channel may have closed before anybody listened; a process without one has no such value.
  if (process.connected === false) begin();
}

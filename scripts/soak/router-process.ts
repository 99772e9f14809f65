/** The router with the server in front of it, as a process of its own that tells its parent its figures. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { closeDatabase } from "../../lib/platform/db/index.ts";
import { startRouter } from "../../lib/router/index.ts";
import { createRequestListener } from "../../lib/runtime/request-listener.ts";

/** Figures of the process at one moment. */
export interface RouterFigures {
  readonly inFlight: number;
  readonly reservations: number;
  readonly usageWaiting: number;
  readonly residentMegabytes: number;
  readonly heapMegabytes: number;
}

const started = await startRouter();
const server = createServer(createRequestListener(started.router));

function readFigures(): RouterFigures {
  const { inFlight, reservations, usageWaiting } = started.router.stats();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    inFlight,
    reservations,
    usageWaiting,
    residentMegabytes: rss / 1024 ** 2,
    heapMegabytes: heapUsed / 1024 ** 2,
  };
}

async function stop(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await started.close();
  await closeDatabase();
  process.exit(0);
}

process.on("message", (message) => {
  if (message === "figures") process.send?.({ type: "figures", figures: readFigures() });
});
process.on("disconnect", () => process.exit(1));
process.once("SIGTERM", () => void stop());
server.listen(0, "127.0.0.1", () => {
  process.send?.({ type: "ready", port: (server.address() as AddressInfo).port });
});

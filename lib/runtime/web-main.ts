/** Main of the web process: one node:http server owns the port; /v1 goes to the router, the rest to Next. */
import { createServer, type RequestListener } from "node:http";
import { fileURLToPath, pathToFileURL } from "node:url";
import { drainAnswers, keepAnswers } from "../chat/index.ts";
import { closeDatabase } from "../platform/db/index.ts";
import { environment } from "../platform/env.ts";
import { logger } from "../platform/log.ts";
import { setOwnPort } from "../platform/own-address.ts";
import { connectQueue } from "./job-registry.ts";
import { loadRouter } from "./load-router.ts";
import { beginDraining } from "./readiness.ts";
import { createRequestListener } from "./request-listener.ts";
import { onShutdown } from "./shutdown.ts";

const PROJECT_DIR = fileURLToPath(new URL("../../", import.meta.url));

/** Between "not ready" and closing the door: a load balancer that asks every second has heard it by then. */
const READINESS_LEAD_MS = 1_000;

/** Longest time a request's headers may take: slow ones hold a connection open for nothing. */
const HEADERS_TIMEOUT_MS = 20_000;

/**
 * Runs the web role in this process until it is told to stop.
 *
 * @param options.withPages false for the router role: the same server without Next.
 */
export async function runWeb(options: { readonly withPages: boolean } = { withPages: true }): Promise<void> {
  const env = environment();
  const router = await loadRouter();
  const disconnectQueue = options.withPages ? await connectQueue() : async () => {};
  let listener: RequestListener = () => {};
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: 0 },
    (request, response) => listener(request, response),
  );
  const port = await listen(server, env.PORT, env.HOST);
  setOwnPort(port);
  listener = createRequestListener(router, options.withPages ? await preparePages(port) : undefined);
  const stopKeeping = options.withPages ? keepAnswers() : () => {};
  onShutdown(async () => {
    beginDraining();
    await new Promise((resolve) => setTimeout(resolve, READINESS_LEAD_MS));
    server.close();
    await drainAnswers();
    stopKeeping();
    await router.close();
    await disconnectQueue();
    server.closeAllConnections();
    await closeDatabase();
  });
  process.send?.({ type: "ready", port });
  logger.info({ process: "web", port }, "web ready");
}

async function preparePages(port: number): Promise<RequestListener> {
  // Imported here: the router role runs without Next.
  const { default: createNext } = await import("next");
  const next = createNext({ dev: false, dir: PROJECT_DIR, hostname: "localhost", port });
  await next.prepare();
  const handle = next.getRequestHandler();
  return (request, response) => void handle(request, response);
}

/** Listens, or says in one line why not. */
function listen(server: ReturnType<typeof createServer>, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") reject(new Error(`PORT ${port} is taken. Set PORT to a free one`));
      else if (error.code === "EACCES")
        reject(new Error(`PORT ${port} needs more rights. Set PORT above 1023`));
      else reject(new Error(`HOST ${host} port ${port}: cannot listen (${error.code})`));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  runWeb().catch((error: unknown) => {
    process.stderr.write(
      `vouch: ${error instanceof Error ? error.message : "the web process did not start"}\n`,
    );
    process.exit(1);
  });
}

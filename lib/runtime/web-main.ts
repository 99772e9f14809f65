/** Main of the web process: one node:http server owns the port; /v1 goes to the router, the rest to Next. */

import { createServer, type RequestListener, type Server } from "node:http";
import { createRequire } from "node:module";
import { resolve as resolvePath } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { closeDatabase } from "../platform/db/index.ts";
import { environment } from "../platform/env.ts";
import { logger } from "../platform/log.ts";
import { setOwnPort } from "../platform/own-address.ts";
import { startRouter } from "../router/index.ts";
import { explainStartError, ListenError } from "./explain-start-error.ts";
import { beginDraining } from "./readiness.ts";
import { registerCollectionModels } from "./register-collection-models.ts";
import { answerNotReady, createRequestListener } from "./request-listener.ts";
import { sendReady } from "./send-ready.ts";
import { onShutdown } from "./shutdown.ts";

const PROJECT_DIR = fileURLToPath(new URL("../../", import.meta.url));

/** Between "not ready" and closing the door: a load balancer that asks every second has heard it by then. */
const READINESS_LEAD_MS = 1_000;

/** Streams of other programs may go on until so long after the signal; the supervisor waits a little longer. */
const ROUTER_DRAIN_MS = 18_000;
const ROUTER_DRAIN_LEAST_MS = 500;

/** How long a reader may take to read the end of an answer that is complete. */
const LAST_READ_MS = 1_500;

/** Longest time a request's headers may take: slow ones hold a connection open for nothing. */
const HEADERS_TIMEOUT_MS = 20_000;

/**
 * Runs the web role in this process until it is told to stop.
 *
 * @param options.withPages false for the router role: the same server without Next.
 */
export async function runWeb(options: { readonly withPages: boolean } = { withPages: true }): Promise<void> {
  let stop = async () => {};
  let readConfig = () => {};
  onShutdown(() => stop(), { onHangUp: () => readConfig() });
  const env = environment();
  registerCollectionModels();
  const started = await startRouter();
  readConfig = started.readConfig;
  const answers = options.withPages ? await openAnswers() : noAnswers;
  let listener: RequestListener = answerNotReady;
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: 0 },
    (request, response) => listener(request, response),
  );
  const port = await listen(server, env.PORT, env.HOST);
  setOwnPort(port);
  listener = options.withPages
    ? createRequestListener(started.router, await preparePages(port), await loadDirectRoutes())
    : createRequestListener(started.router);
  answers.keep();
  stop = async () => {
    const toldAt = performance.now();
    beginDraining();
    await wait(READINESS_LEAD_MS);
    // Running answers still call /v1 of this very server: it goes on listening until they are done.
    await answers.drain();
    // Before the door is shut: shutting it cuts what still streams.
    const leftMs = toldAt + ROUTER_DRAIN_MS - performance.now();
    await started.close(Math.max(leftMs, ROUTER_DRAIN_LEAST_MS));
    await closeServer(server);
    answers.stopKeeping();
    await answers.disconnect();
    await closeDatabase();
  };
  sendReady({ port });
  logger.info({ process: "web", port }, "web ready");
  if (options.withPages) void warmUp();
}

/** What a first question would wait for otherwise; a failure here is met again, and told, when somebody searches. */
async function warmUp(): Promise<void> {
  const { warmUpSearch } = await import("../knowledge/index.ts");
  await warmUpSearch().catch((error: unknown) => logger.warn({ error }, "vectors could not be read ahead"));
}

/** What the web role does beside serving: it owns running answers and hands work to the queue. */
interface AnswerWork {
  keep(): void;
  stopKeeping(): void;
  drain(): Promise<void>;
  disconnect(): Promise<void>;
}

const noAnswers: AnswerWork = {
  keep: () => {},
  stopKeeping: () => {},
  drain: async () => {},
  disconnect: async () => {},
};

async function openAnswers(): Promise<AnswerWork> {
  // Imported here: the router role needs neither the chat nor the queue, and is half as large without them.
  const [{ drainAnswers, keepAnswers }, { connectQueue }] = await Promise.all([
    import("../chat/index.ts"),
    import("./job-registry.ts"),
  ]);
  let stopKeeping = () => {};
  return {
    keep: () => {
      stopKeeping = keepAnswers();
    },
    stopKeeping: () => stopKeeping(),
    drain: drainAnswers,
    disconnect: await connectQueue(),
  };
}

async function loadDirectRoutes() {
  // Imported here, as the pages are: the router role searches nothing.
  const { directRoutes } = await import("./direct-routes.ts");
  return directRoutes;
}

/** Stops listening and gives open answers a moment to be read to their end; event streams would never end by themselves. */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  const moment = new AbortController();
  await Promise.race([closed, wait(LAST_READ_MS, undefined, { signal: moment.signal }).catch(() => {})]);
  moment.abort();
  server.closeAllConnections();
}

async function preparePages(port: number): Promise<RequestListener> {
  // Imported here: the router role runs without Next.
  const { default: createNext } = await import("next");
  await readPagesConfiguration();
  const next = createNext({ dev: false, dir: PROJECT_DIR, hostname: "localhost", port });
  await next.prepare();
  const handle = next.getRequestHandler();
  return (request, response) => void handle(request, response);
}

/**
 * Reads Next's configuration quietly. Next remembers it; left to itself, it would read it aloud, and a line about
 * configuration files would stand between the person and the address to open.
 */
async function readPagesConfiguration(): Promise<void> {
  const { default: loadConfig }: typeof import("next/dist/server/config.js") = createRequire(import.meta.url)(
    "next/dist/server/config",
  );
  await loadConfig("phase-production-server", resolvePath(PROJECT_DIR));
}

/** Listens, or says in one line why not. */
function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE")
        reject(new ListenError(`PORT ${port} is taken. Set PORT to a free one`));
      else if (error.code === "EACCES")
        reject(new ListenError(`PORT ${port} needs more rights. Set PORT above 1023`));
      else reject(new ListenError(`HOST ${host} port ${port}: cannot listen (${error.code})`));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  runWeb().catch((error: unknown) => {
    process.stderr.write(`vouch: ${explainStartError(error)}\n`);
    process.exit(1);
  });
}

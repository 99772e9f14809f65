import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { answerCall, type Operation } from "./answer-call.ts";
import { createBehaviours } from "./behaviours.ts";
import { answerControl, type Controlled, readText } from "./control.ts";
import { createLedger, type Ledger, type LedgerOptions } from "./ledger.ts";
import { sendJson } from "./send-json.ts";
import { answerVllm, idleVllm, type VllmState } from "./vllm-server.ts";

/** A running scripted upstream. */
export interface ScriptedUpstream {
  /** `http://127.0.0.1:port`; the interface is under `/v1`, Azure's under `/openai`. */
  readonly url: string;
  readonly ledger: Ledger;
  /** What `/health`, `/metrics` and `/v1/models` say; to be changed at will. */
  readonly vllm: VllmState;
  /** From now on a model behaves as the name says, whatever its own name is; `fN` in it counts from now. */
  setFault(model: string, planName: string): void;
  /** The model behaves as its own name says again. */
  clearFault(model: string): void;
  /** Connections open now. */
  openConnections(): number;
  /** Dies as a process does: stops listening, resets every connection. `close` is still to be called. */
  kill(): void;
  close(): Promise<void>;
}

/** Port 0 takes a free one. */
export type ScriptedUpstreamOptions = LedgerOptions & { readonly port?: number };

/** Starts the upstream on loopback. */
export async function startScriptedUpstream(
  options: ScriptedUpstreamOptions = {},
): Promise<ScriptedUpstream> {
  const ledger = createLedger(options);
  const parts: Controlled & { sockets: Set<Socket> } = {
    ledger,
    behaviours: createBehaviours(ledger.callsOf),
    vllm: idleVllm(),
    sockets: new Set(),
  };
  let underWay = 0;
  const server = createServer((request, response) => {
    underWay += 1;
    response.once("close", () => {
      underWay -= 1;
    });
    answer(request, response, parts, underWay - 1).catch(() => response.destroy());
  });
  server.on("connection", (socket) => {
    parts.sockets.add(socket);
    socket.once("close", () => parts.sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    ledger,
    vllm: parts.vllm,
    setFault: parts.behaviours.set,
    clearFault: parts.behaviours.clear,
    openConnections: () => parts.sockets.size,
    kill: () => {
      server.close();
      for (const entry of ledger.entries) entry.isBroken ||= entry.closedMs === null;
      for (const socket of parts.sockets) socket.resetAndDestroy();
    },
    close: () => closeServer(server, parts.sockets),
  };
}

function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    // Closed already when it was killed: all there is to say of it is that it is closed.
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}

const azurePath =
  /^\/openai\/(?:deployments\/([^/]+)|v1)\/(chat\/completions|completions|responses|embeddings)$/;
const plainPath = /^\/v1\/(chat\/completions|completions|responses|embeddings|rerank)$/;

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  parts: Controlled,
  callsUnderWay: number,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://upstream");
  if (await answerControl(url.pathname, request, response, parts)) return;
  if (answerVllm(url.pathname, response, parts.vllm, callsUnderWay)) return;
  const text = await readText(request);
  const body = text === "" ? {} : JSON.parse(text);
  const azure = azurePath.exec(url.pathname);
  const model: string = azure?.[1] === undefined ? (body.model ?? "") : decodeURIComponent(azure[1]);
  const entry = parts.ledger.add({
    method: request.method ?? "",
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    body,
    model,
    isStream: body.stream === true,
  });
  const plan = parts.behaviours.planFor(model);
  response.once("close", () => parts.ledger.close(entry, response.statusCode));
  const operation = (azure?.[2] ?? plainPath.exec(url.pathname)?.[1]) as Operation | undefined;
  if (operation === undefined || request.method !== "POST") {
    entry.isComplete = true;
    sendJson(response, 404, { error: { code: "404", message: "Resource not found" } });
    return;
  }
  if (azure !== null && !isAuthorized(request)) {
    entry.isComplete = true;
    sendJson(response, 401, {
      error: { code: "401", message: "Access denied due to invalid subscription key." },
    });
    return;
  }
  await answerCall(operation, response, body, entry, plan);
}

/** Azure takes a key, or a token of Entra ID. */
function isAuthorized({ headers }: IncomingMessage): boolean {
  return headers["api-key"] !== undefined || /^Bearer \S/.test(headers.authorization ?? "");
}

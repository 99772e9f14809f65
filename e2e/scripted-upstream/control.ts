import type { IncomingMessage, ServerResponse } from "node:http";
import type { Behaviours } from "./behaviours.ts";
import type { Ledger } from "./ledger.ts";
import { sendJson } from "./send-json.ts";
import type { VllmState } from "./vllm-server.ts";

/** What a test may read and change while the upstream runs. */
export interface Controlled {
  readonly ledger: Ledger;
  readonly behaviours: Behaviours;
  readonly vllm: VllmState;
}

/**
 * Answers the addresses for tests that run the upstream as a process of its own: `/ledger` (GET, DELETE),
 * `/ledger/totals` (GET), `/faults/MODEL` (PUT with a plan's name as body, DELETE), `/vllm` (PUT with fields of its
 * state). Returns false for any other.
 */
export async function answerControl(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  { ledger, behaviours, vllm }: Controlled,
): Promise<boolean> {
  if (path === "/ledger") {
    if (request.method === "DELETE") ledger.clear();
    sendJson(response, 200, ledger.entries);
    return true;
  }
  if (path === "/ledger/totals") {
    sendJson(response, 200, ledger.totals());
    return true;
  }
  if (path === "/vllm") {
    Object.assign(vllm, JSON.parse(await readText(request)));
    sendJson(response, 200, vllm);
    return true;
  }
  if (!path.startsWith("/faults/")) return false;
  const model = decodeURIComponent(path.slice("/faults/".length));
  if (request.method === "DELETE") behaviours.clear(model);
  else behaviours.set(model, await readText(request));
  sendJson(response, 200, {});
  return true;
}

/** The whole body of a request as text. */
export async function readText(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

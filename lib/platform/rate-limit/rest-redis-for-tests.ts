import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** A small Redis behind Upstash's REST protocol, with the commands the limiter uses and faults on request. */
export interface RestRedis {
  readonly url: string;
  /** What happens to requests: answered, refused with 500, or left without an answer. */
  mode: "up" | "failing" | "silent";
  readonly requests: { count: number };
  close(): Promise<void>;
}

export const REST_TOKEN = "token-for-tests";

type Command = readonly [name: string, key: string, ...rest: (string | number)[]];

/** Runs one command on the values; expiry is left out, as the limiter never reads a key older than two minutes. */
function runCommand(values: Map<string, number>, [name, key]: Command): number | string | null {
  switch (name.toLowerCase()) {
    case "incr":
      values.set(key, (values.get(key) ?? 0) + 1);
      return values.get(key) ?? 0;
    case "decr":
      values.set(key, (values.get(key) ?? 0) - 1);
      return values.get(key) ?? 0;
    case "pexpire":
      return 1;
    case "get":
      return values.has(key) ? String(values.get(key)) : null;
    default:
      throw new Error(`unknown command ${name}`);
  }
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
}

/** Starts one on a random port of the loopback address. */
export async function startRestRedis(): Promise<RestRedis> {
  const values = new Map<string, number>();
  const state = { mode: "up" as RestRedis["mode"], requests: { count: 0 } };
  const answer = (response: ServerResponse, status: number, body: unknown) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  const server = createServer(async (request, response) => {
    state.requests.count += 1;
    const body = (await json(request)) as Command | Command[];
    if (state.mode === "silent") return;
    if (request.headers.authorization !== `Bearer ${REST_TOKEN}`)
      answer(response, 401, { error: "Unauthorized" });
    else if (state.mode === "failing") answer(response, 500, { error: "ERR down" });
    else if (request.url === "/pipeline") {
      answer(
        response,
        200,
        (body as Command[]).map((command) => ({ result: runCommand(values, command) })),
      );
    } else answer(response, 200, { result: runCommand(values, body as Command) });
  });
  const url = await listen(server);
  return Object.assign(state, {
    url,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

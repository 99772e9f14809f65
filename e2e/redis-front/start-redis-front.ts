import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { connectRedis, type RespClient, type RespValue } from "./resp-client.ts";

/** A real Redis behind Upstash's REST protocol, for tests and benchmarks. */
export interface RedisFront {
  readonly url: string;
  readonly token: string;
  /** What happens to requests: answered, refused with 500, or left without an answer. */
  mode: "up" | "failing" | "silent";
  /** Requests taken so far. */
  readonly requests: number;
  /** Runs a command past the front. */
  send(command: readonly string[]): Promise<RespValue>;
  close(): Promise<void>;
}

const TOKEN = "token-for-tests";
const CANDIDATES = ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server"];

/** Path of a redis-server where systems install it; undefined when there is none. */
export function findRedisServer(): string | undefined {
  return CANDIDATES.find((path) => existsSync(path));
}

/**
 * Starts a redis-server of its own (no port, no files; a socket in a directory only we may enter) and the front on a
 * random port of the loopback address.
 *
 * @throws Error when no redis-server is installed; ask {@link findRedisServer} first.
 */
export async function startRedisFront(): Promise<RedisFront> {
  const program = findRedisServer();
  if (program === undefined) throw new Error("no redis-server is installed");
  const directory = mkdtempSync(join(tmpdir(), "vouch-redis-"));
  const socketPath = join(directory, "redis.sock");
  const settings = ["--port", "0", "--unixsocket", socketPath, "--save", "", "--appendonly", "no"];
  const server = spawn(program, [...settings, "--dir", directory, "--daemonize", "no"], { stdio: "ignore" });
  const redis = await connectWhenReady(socketPath, server);
  const state = { mode: "up" as RedisFront["mode"], requests: 0 };
  const http = createServer((request, response) => {
    state.requests += 1;
    answer(request, response, redis, state.mode).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    token: TOKEN,
    send: (command: readonly string[]) => redis.send(command),
    close: async () => {
      await closeServer(http);
      redis.close();
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGKILL");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  });
}

async function connectWhenReady(socketPath: string, server: ChildProcess): Promise<RespClient> {
  for (let attempt = 0; attempt < 500 && server.exitCode === null; attempt += 1) {
    try {
      return await connectRedis(socketPath);
    } catch {
      // It is still starting.
      await sleep(10);
    }
  }
  server.kill("SIGKILL");
  throw new Error("redis-server did not start");
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  redis: RespClient,
  mode: RedisFront["mode"],
): Promise<void> {
  const body: unknown = await json(request);
  if (mode === "silent") return;
  if (mode === "failing") return send(response, 500, { error: "ERR down" });
  if (request.headers.authorization !== `Bearer ${TOKEN}`)
    return send(response, 401, { error: "Unauthorized" });
  if (request.url === "/pipeline" || request.url === "/multi-exec") {
    const commands = (body as unknown[][]).map((command) => command.map(String));
    if (request.url === "/pipeline") {
      const values = await Promise.all(commands.map((command) => redis.send(command)));
      return send(response, 200, values.map(restValue));
    }
    // One write after the other on one connection: nothing comes between.
    const parts = [["multi"], ...commands, ["exec"]].map((command) => redis.send(command));
    const values = (await Promise.all(parts)).at(-1);
    if (!Array.isArray(values)) return send(response, 400, restValue(values ?? null));
    return send(response, 200, values.map(restValue));
  }
  const value = restValue(await redis.send((body as unknown[]).map(String)));
  send(response, "error" in value ? 400 : 200, value);
}

function restValue(value: RespValue): { result: RespValue } | { error: string } {
  return value instanceof Error ? { error: value.message } : { result: value };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function closeServer(http: Server): Promise<void> {
  return new Promise((resolve) => {
    http.close(() => resolve());
    http.closeAllConnections();
  });
}

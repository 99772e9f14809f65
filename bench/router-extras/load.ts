/** The load of this bench: closed and open loops over kept connections, and what they saw. */
import { Agent, request as httpRequest } from "node:http";

/** Times of one answer, milliseconds. */
export interface AnswerTimes {
  readonly firstMs: number;
  readonly totalMs: number;
  /** `x-vouch-cache`, empty when there is none. */
  readonly cache: string;
}

/** Asks a router. */
export type Ask = (body: object) => Promise<AnswerTimes>;

/** A client of the router at this port; `sockets` connections at most. */
export function createClient(port: number, sockets: number): { ask: Ask; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  const ask: Ask = (body) =>
    new Promise((resolve, reject) => {
      const startedAt = performance.now();
      let firstMs = 0;
      const options = {
        agent,
        port,
        host: "127.0.0.1",
        path: "/v1/chat/completions",
        method: "POST",
        headers: { "content-type": "application/json", authorization: "Bearer bench" },
      };
      const request = httpRequest(options, (response) => {
        response.on("data", () => {
          firstMs ||= performance.now() - startedAt;
        });
        response.once("error", reject);
        response.once("end", () => {
          if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
          const cache = String(response.headers["x-vouch-cache"] ?? "");
          resolve({ firstMs, totalMs: performance.now() - startedAt, cache });
        });
      });
      request.once("error", reject);
      request.end(JSON.stringify(body));
    });
  return { ask, close: () => agent.destroy() };
}

/** Several clients, each of which asks again as soon as it has its answer. */
export async function closedLoop(
  ask: Ask,
  bodies: readonly object[],
  clients: number,
): Promise<AnswerTimes[]> {
  const times: AnswerTimes[] = [];
  let next = 0;
  const work = async () => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) times.push(await ask(body));
  };
  await Promise.all(Array.from({ length: clients }, work));
  return times;
}

/** Requests at a constant rate, whether or not the ones before are answered. */
export async function openLoop(
  ask: Ask,
  bodies: readonly object[],
  perSecond: number,
): Promise<AnswerTimes[]> {
  const startedAt = performance.now();
  const running = bodies.map(async (body, index) => {
    const dueMs = (index * 1000) / perSecond - (performance.now() - startedAt);
    if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs));
    return ask(body);
  });
  return Promise.all(running);
}

/** The value below which this share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The middle one of a few values. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Numbers between 0 and 1, the same in every run. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}

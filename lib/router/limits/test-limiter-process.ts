import { connectDatabase, setDatabase } from "../../platform/db/index.ts";
import type { LimitDefaults } from "../config/router-config.ts";
import { ApiError } from "../http/api-error.ts";
import type { UsageOwner } from "../usage/record-attempt.ts";
import { createLimiter } from "./create-limiter.ts";
import { createDatabaseBackend } from "./database-backend.ts";
import type { LimitDemand, Limiter, LimitUse, Reservation } from "./limiter.ts";
import { createRedisBackend } from "./redis-backend.ts";

/** Where a limiter process of a test counts. */
export interface LimiterProcessOptions {
  readonly socketPath: string;
  readonly redis?: { readonly url: string; readonly token: string };
  readonly leaseTtlMs?: number;
  readonly timeoutMs?: number;
}

/** Orders to a limiter process; each is answered with a {@link LimiterResult}. */
export type LimiterOrder =
  | {
      readonly verb: "reserve";
      readonly owner: UsageOwner;
      readonly demand: LimitDemand;
      readonly defaults: LimitDefaults;
      readonly count: number;
      /** At most so many are under way at once, each ended before the next begins; all at once without it. */
      readonly width?: number;
    }
  | { readonly verb: "settle"; readonly use: LimitUse }
  | { readonly verb: "release" }
  | { readonly verb: "stats" }
  | { readonly verb: "close" };

/** What came of an order. */
export interface LimiterResult {
  readonly admitted: number;
  /** How often each `code` was refused. */
  readonly refused: Readonly<Record<string, number>>;
  readonly elapsedMs: number;
  readonly reservations: number;
}

let limiter: Limiter | undefined;
const held: Reservation[] = [];

function start(options: LimiterProcessOptions): void {
  setDatabase(connectDatabase({ socketPath: options.socketPath }));
  limiter = createLimiter({
    backend: options.redis === undefined ? createDatabaseBackend() : createRedisBackend(options.redis),
    ...(options.leaseTtlMs === undefined ? {} : { leaseTtlMs: options.leaseTtlMs }),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
}

async function follow(order: LimiterOrder, of: Limiter): Promise<LimiterResult> {
  const refused: Record<string, number> = {};
  const startedMs = performance.now();
  let admitted = 0;
  if (order.verb === "reserve") {
    const { owner, demand, defaults, count, width } = order;
    const once = async () => {
      try {
        const reservation = await of.reserve(owner, demand, defaults);
        admitted += 1;
        if (width === undefined) held.push(reservation);
        else reservation.settle({ tokens: 1, costMicros: 1 });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const code = error.detail.code ?? "";
        refused[code] = (refused[code] ?? 0) + 1;
      }
    };
    let left = count;
    const lane = async () => {
      while (left > 0) {
        left -= 1;
        await once();
      }
    };
    await Promise.all(Array.from({ length: width ?? count }, width === undefined ? once : lane));
  }
  if (order.verb === "settle") for (const reservation of held.splice(0)) reservation.settle(order.use);
  if (order.verb === "release") for (const reservation of held.splice(0)) reservation.release();
  if (order.verb === "close") await of.close();
  return {
    admitted,
    refused,
    elapsedMs: performance.now() - startedMs,
    reservations: of.stats().reservations,
  };
}

process.on("message", (message: { id: number; start?: LimiterProcessOptions; order?: LimiterOrder }) => {
  if (message.start !== undefined) {
    start(message.start);
    process.send?.({ id: message.id });
  } else if (message.order !== undefined && limiter !== undefined) {
    follow(message.order, limiter).then(
      (result) => process.send?.({ id: message.id, result }),
      (error: unknown) => process.send?.({ id: message.id, error: String(error) }),
    );
  }
});
// The tests end a process by closing its channel, or with SIGKILL.
process.once("disconnect", () => process.exit(0));

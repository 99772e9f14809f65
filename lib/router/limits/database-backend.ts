import { findLimitCounters, takeLimits } from "../queries/limit-leases.ts";
import { type LeaseBackend, readLeaseReply } from "./lease-backend.ts";

const MINUTE_MS = 60_000;

/** Shared counters in PostgreSQL or the embedded database. */
export function createDatabaseBackend(): LeaseBackend {
  return {
    name: "database",
    take: async (call) => readLeaseReply(await takeLimits(JSON.stringify(call))),
    read: async (quotas) => {
      const kinds = new Map(quotas.map(({ quota, kind }) => [quota, kind]));
      const rows = await findLimitCounters(quotas, Date.now());
      return rows.map(({ quota, windowStartMs, taken, held }) => ({
        quota,
        taken,
        held,
        endsAtMs: kinds.get(quota) === "rate" ? windowStartMs + MINUTE_MS : null,
      }));
    },
  };
}

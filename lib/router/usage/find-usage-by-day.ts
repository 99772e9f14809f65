import { listUsers } from "../../identity/index.ts";
import type { Principal } from "../../identity/schema.ts";
import { findUsageSums } from "../queries/usage-by-day.ts";
import type { UsageByDay } from "../schema.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * What the organisation took of its models on the last days (UTC), today first, by person and model. Each day is read by
 * itself, so that no statement holds up the embedded database.
 */
export async function findUsageByDay(
  principal: Principal,
  days: number,
  nowMs: number = Date.now(),
): Promise<UsageByDay> {
  const users = await listUsers(principal, { withGuests: true });
  const names = new Map(users.map(({ id, name, email }) => [id, email ?? name]));
  const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const usage: UsageByDay["usage"] = [];
  for (let back = 0; back < days; back += 1) {
    const from = new Date(todayMs - back * DAY_MS);
    const sums = await findUsageSums(principal.orgId, from, new Date(from.getTime() + DAY_MS));
    const day = from.toISOString().slice(0, 10);
    for (const sum of sums) usage.push({ day, userName: names.get(sum.userId) ?? null, ...sum });
  }
  return { usage };
}

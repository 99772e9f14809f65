import { findFirstUsage, findSpending, type Spending } from "../queries/month-spending.ts";
import { monthStartMs } from "./month.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Rows of a day are written by then, even if the database was away for a while. */
const SETTLED_MS = 60 * 60 * 1000;
const MAX_REMEMBERED_DAYS = 2_000;

/** Days that are over and do not change any more, by organisation and first moment. */
const settledDays = new Map<string, readonly Spending[]>();

/** What was spent in a calendar month so far. */
export interface MonthSpending {
  readonly organisation: number;
  readonly users: ReadonlyMap<string, number>;
  readonly keys: ReadonlyMap<string, number>;
}

/**
 * Spending of an organisation this month (UTC) by its usage rows, micros. Read day by day, so that no statement holds
 * up the embedded database; days that are over are remembered.
 */
export async function monthSpending(orgId: string, nowMs: number = Date.now()): Promise<MonthSpending> {
  const users = new Map<string, number>();
  const keys = new Map<string, number>();
  let organisation = 0;
  const add = (sums: Map<string, number>, id: string, micros: number) =>
    sums.set(id, (sums.get(id) ?? 0) + micros);
  const monthMs = monthStartMs(nowMs);
  // A little beyond now: the clock of the process that wrote the rows may be ahead.
  const untilMs = nowMs + DAY_MS;
  const first = await findFirstUsage(orgId, new Date(monthMs), new Date(untilMs));
  if (first !== null) {
    const firstDay = Math.floor((first.getTime() - monthMs) / DAY_MS);
    for (let dayMs = monthMs + firstDay * DAY_MS; dayMs < untilMs; dayMs += DAY_MS) {
      for (const { userId, apiKeyId, costMicros } of await spendingOfDay(orgId, dayMs, nowMs)) {
        organisation += costMicros;
        add(users, userId, costMicros);
        if (apiKeyId !== null) add(keys, apiKeyId, costMicros);
      }
    }
  }
  return { organisation, users, keys };
}

async function spendingOfDay(orgId: string, dayMs: number, nowMs: number): Promise<readonly Spending[]> {
  const name = `${orgId}/${dayMs}`;
  const known = settledDays.get(name);
  if (known !== undefined) return known;
  const spending = await findSpending(orgId, new Date(dayMs), new Date(dayMs + DAY_MS));
  if (dayMs + DAY_MS + SETTLED_MS < nowMs) {
    if (settledDays.size >= MAX_REMEMBERED_DAYS) settledDays.clear();
    settledDays.set(name, spending);
  }
  return spending;
}

import type { LimitSubject } from "./limit-rules.ts";
import { type MonthSpending, monthSpending } from "./month-spending.ts";

/** Readings under way by organisation: the subjects of a request, and of all that wait, share one. */
const readings = new Map<string, Promise<MonthSpending>>();

/** What a subject spent this month by the usage rows, in micros; attempts of unknown cost are not in it. */
export async function sumMonth({ orgId, type, id }: LimitSubject, nowMs: number): Promise<number> {
  let reading = readings.get(orgId);
  if (reading === undefined) {
    reading = monthSpending(orgId, nowMs).finally(() => readings.delete(orgId));
    readings.set(orgId, reading);
  }
  const spent = await reading;
  if (type === "organisation") return spent.organisation;
  return (type === "user" ? spent.users : spent.keys).get(id) ?? 0;
}

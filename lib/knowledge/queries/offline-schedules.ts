import { sql } from "drizzle-orm";
import { readSystem, type TenantScope, type Transaction, withTenant } from "../../platform/db/index.ts";
import { type OfflineSchedule, offlineHoursSchema } from "../schema.ts";

/** A schedule as stored. */
export type StoredSchedule = Pick<OfflineSchedule, "isPaused" | "hours">;

interface Row extends Record<string, unknown> {
  readonly orgId: string;
  readonly isPaused: boolean;
  readonly hours: unknown;
}

function toSchedule({ isPaused, hours }: Row): StoredSchedule {
  // A row that another release wrote and this one cannot read keeps no work from being done.
  const read = offlineHoursSchema.safeParse(hours);
  return { isPaused, hours: read.success ? read.data : null };
}

/** The schedule of an organisation. */
export async function findOfflineSchedule(scope: TenantScope): Promise<StoredSchedule> {
  const [row] = await withTenant(scope, (transaction) =>
    transaction.execute<Row>(sql`
      select org_id as "orgId", is_paused as "isPaused", hours from offline_schedule
      where org_id = ${scope.orgId}`),
  );
  return row === undefined ? { isPaused: false, hours: null } : toSchedule(row);
}

/** Documents of an organisation that wait for offline work to have its turn; those held back one by one are not counted. */
export async function countWaitingOffline(scope: TenantScope): Promise<number> {
  const [row] = await withTenant(scope, (transaction) =>
    transaction.execute<{ count: string }>(sql`
      select count(*) from document where org_id = ${scope.orgId} and state = 'queued' and priority = 'offline'
        and not is_paused`),
  );
  return Number(row?.count ?? 0);
}

/** The schedules of all organisations that have one. */
export async function findOfflineSchedules(): Promise<
  readonly (StoredSchedule & { readonly orgId: string })[]
> {
  const rows = await readSystem<Row>(
    sql`select org_id as "orgId", is_paused as "isPaused", hours from offline_schedule`,
  );
  return rows.map((row) => ({ orgId: row.orgId, ...toSchedule(row) }));
}

/** Stores the schedule of an organisation; `alongside` runs in the same transaction. */
export async function saveOfflineSchedule(
  scope: TenantScope & { readonly userId: string },
  schedule: StoredSchedule,
  alongside: (transaction: Transaction) => Promise<void>,
): Promise<void> {
  const hours = schedule.hours === null ? null : JSON.stringify(schedule.hours);
  await withTenant(scope, async (transaction) => {
    await transaction.execute(sql`
      insert into offline_schedule (org_id, is_paused, hours, updated_by)
      values (${scope.orgId}, ${schedule.isPaused}, ${hours}::jsonb, ${scope.userId})
      on conflict (org_id) do update set is_paused = excluded.is_paused, hours = excluded.hours,
        updated_by = excluded.updated_by, updated_at = now()`);
    await alongside(transaction);
  });
}

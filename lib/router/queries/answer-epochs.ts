import { sql } from "drizzle-orm";
import { type TenantScope, type Transaction, withSystem } from "../../platform/db/index.ts";

/** How often something was taken away from readers of an organisation. */
export interface AnswerEpoch {
  readonly orgId: string;
  readonly epoch: number;
  /** Milliseconds since it was raised last. */
  readonly ageMs: number;
}

/** Raises the number of an organisation; with the transaction the answers stored before are void. */
export async function raiseAnswerEpoch(transaction: Transaction, scope: TenantScope): Promise<void> {
  await transaction.execute(sql`
    insert into answer_epoch as e (org_id, epoch, raised_at) values (${scope.orgId}, 1, clock_timestamp())
    on conflict (org_id) do update set epoch = e.epoch + 1, raised_at = clock_timestamp()`);
}

/** The numbers of all organisations that were raised within the last milliseconds; undefined: ever. */
export async function findAnswerEpochs(withinMs: number | undefined): Promise<AnswerEpoch[]> {
  const rows = await withSystem((transaction) =>
    transaction.execute<{ orgId: string; epoch: string; ageMs: string }>(sql`
      select org_id as "orgId", epoch,
        greatest(0, extract(epoch from clock_timestamp() - raised_at) * 1000)::bigint as "ageMs"
      from answer_epoch
      ${withinMs === undefined ? sql`` : sql`where raised_at > clock_timestamp() - make_interval(secs => ${withinMs / 1000}::float8)`}`),
  );
  return rows.map(({ orgId, epoch, ageMs }) => ({ orgId, epoch: Number(epoch), ageMs: Number(ageMs) }));
}

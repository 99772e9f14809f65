import { and, eq, inArray, lt, sql } from "drizzle-orm";
import { generation, generationEvent } from "../../../drizzle/schema/chat.ts";
import type { Transaction } from "../../platform/db/index.ts";
import type { GenerationState } from "../schema.ts";
import type { OwnerScope } from "./conversations.ts";

/** A row of the stream log. */
export interface LogEvent {
  readonly generationId: string;
  /** From 1, without gaps. */
  readonly sequence: number;
  readonly chunks: readonly unknown[];
}

const RUNNING = ["queued", "streaming"] as const;

export type GenerationRow = typeof generation.$inferSelect;

/**
 * Inserts a run. A key this person used before raises a unique violation on `generation_idempotency`, a second run in a
 * conversation that has one on `generation_running`.
 */
export async function insertGeneration(
  transaction: Transaction,
  scope: OwnerScope,
  row: {
    id: string;
    conversationId: string;
    messageId: string;
    idempotencyKey: string;
    model: string;
    instanceId: string;
  },
): Promise<void> {
  await transaction
    .insert(generation)
    .values({ ...row, orgId: scope.orgId, requestedBy: scope.userId, state: "queued" });
}

/** A run of this person; undefined for one of somebody else as for none. */
export async function findGeneration(
  transaction: Transaction,
  scope: OwnerScope,
  by: { readonly id: string } | { readonly idempotencyKey: string },
): Promise<GenerationRow | undefined> {
  const [row] = await transaction
    .select()
    .from(generation)
    .where(
      and(
        eq(generation.orgId, scope.orgId),
        eq(generation.requestedBy, scope.userId),
        "id" in by ? eq(generation.id, by.id) : eq(generation.idempotencyKey, by.idempotencyKey),
      ),
    );
  return row;
}

/** Marks a run as streaming and stores how its sources were found. */
export async function updateGeneration(
  transaction: Transaction,
  scope: { orgId: string },
  generationId: string,
  change: Partial<Pick<GenerationRow, "retrieval" | "timings" | "routerRequestId" | "state">>,
): Promise<void> {
  await transaction
    .update(generation)
    .set(change)
    .where(
      and(
        eq(generation.orgId, scope.orgId),
        eq(generation.id, generationId),
        inArray(generation.state, [...RUNNING]),
      ),
    );
}

/** Ends a run that still runs. Returns false when it was ended by somebody else (a reaper, for one). */
export async function endGeneration(
  transaction: Transaction,
  scope: { orgId: string },
  generationId: string,
  end: {
    state: GenerationState;
    errorCode: string | null;
    timings: Record<string, number>;
    usage: unknown;
  },
): Promise<boolean> {
  const rows = await transaction
    .update(generation)
    .set({ ...end, endedAt: sql`now()` })
    .where(
      and(
        eq(generation.orgId, scope.orgId),
        eq(generation.id, generationId),
        inArray(generation.state, [...RUNNING]),
      ),
    )
    .returning({ id: generation.id });
  return rows.length > 0;
}

/** Asks the process that writes this run to stop. Returns false when nothing runs under that id. */
export async function requestStop(
  transaction: Transaction,
  scope: OwnerScope,
  generationId: string,
): Promise<boolean> {
  const rows = await transaction
    .update(generation)
    .set({ stopRequestedAt: sql`coalesce(${generation.stopRequestedAt}, now())` })
    .where(
      and(
        eq(generation.orgId, scope.orgId),
        eq(generation.requestedBy, scope.userId),
        eq(generation.id, generationId),
        inArray(generation.state, [...RUNNING]),
      ),
    )
    .returning({ id: generation.id });
  return rows.length > 0;
}

/** Signs of life of all runs of one process in one statement; returns those still running and who was asked to stop. */
export function beatGenerations(transaction: Transaction, generationIds: readonly string[]) {
  return transaction
    .update(generation)
    .set({ heartbeatAt: sql`now()` })
    .where(and(inArray(generation.id, [...generationIds]), inArray(generation.state, [...RUNNING])))
    .returning({ id: generation.id, stopRequestedAt: generation.stopRequestedAt });
}

/** Runs whose process gave no sign of life for so many seconds, locked so that one reaper takes each. */
export function lockSilentGenerations(transaction: Transaction, silentSeconds: number, limit: number) {
  return transaction
    .select()
    .from(generation)
    .where(
      and(
        inArray(generation.state, [...RUNNING]),
        lt(generation.heartbeatAt, sql`now() - make_interval(secs => ${silentSeconds})`),
      ),
    )
    .limit(limit)
    .for("update", { skipLocked: true });
}

/** Appends events of any number of runs in one statement. */
export async function insertEvents(
  transaction: Transaction,
  events: readonly (LogEvent & { readonly orgId: string })[],
): Promise<void> {
  await transaction
    .insert(generationEvent)
    .values(
      events.map((event) => ({
        orgId: event.orgId,
        generationId: event.generationId,
        sequence: event.sequence,
        chunks: [...event.chunks],
      })),
    )
    .onConflictDoNothing();
}

/** The events of one run after a sequence, in order. */
export function listEvents(
  transaction: Transaction,
  scope: { orgId: string },
  generationId: string,
  after: number,
): Promise<LogEvent[]> {
  return transaction
    .select({
      generationId: generationEvent.generationId,
      sequence: generationEvent.sequence,
      chunks: generationEvent.chunks,
    })
    .from(generationEvent)
    .where(
      and(
        eq(generationEvent.orgId, scope.orgId),
        eq(generationEvent.generationId, generationId),
        sql`${generationEvent.sequence} > ${after}`,
      ),
    )
    .orderBy(generationEvent.sequence);
}

/** New events of many runs in one query, each after its own sequence. */
export async function listEventsOfMany(
  transaction: Transaction,
  tails: readonly { readonly generationId: string; readonly after: number }[],
): Promise<LogEvent[]> {
  const rows = await transaction.execute<{ generation_id: string; sequence: number; chunks: unknown[] }>(sql`
    select e.generation_id, e.sequence, e.chunks
    from generation_event e
    join unnest(
      ${sql.param(tails.map((tail) => tail.generationId))}::uuid[],
      ${sql.param(tails.map((tail) => tail.after))}::int[]
    ) as tail (generation_id, after)
      on e.generation_id = tail.generation_id and e.sequence > tail.after
    order by e.generation_id, e.sequence`);
  return rows.map((row) => ({
    generationId: row.generation_id,
    sequence: row.sequence,
    chunks: row.chunks,
  }));
}

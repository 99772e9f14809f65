import { type SpendingSubject, sumSpending } from "../queries/limit-leases.ts";
import type { LimitSubject } from "./limit-rules.ts";
import { monthStartMs } from "./month.ts";

/** Added up in pieces, so that no statement holds up the embedded database. */
const PIECE_MS = 6 * 60 * 60 * 1000;

/** What a subject spent this month by its usage rows, in micros; attempts of unknown cost are not in it. */
export async function sumMonth(subject: LimitSubject, nowMs: number): Promise<number> {
  const { orgId } = subject;
  const whose: SpendingSubject =
    subject.type === "organisation"
      ? { orgId }
      : subject.type === "user"
        ? { orgId, userId: subject.id }
        : { orgId, apiKeyId: subject.id };
  let micros = 0;
  // A little beyond now: the clock of the process that wrote the rows may be ahead.
  for (let fromMs = monthStartMs(nowMs); fromMs < nowMs + PIECE_MS; fromMs += PIECE_MS) {
    micros += await sumSpending(whose, new Date(fromMs), new Date(fromMs + PIECE_MS));
  }
  return micros;
}

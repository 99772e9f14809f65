import type { Principal } from "../identity/schema.ts";
import { withTenant } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { findConversation, listRunningGenerations } from "./queries/conversations.ts";
import { findGeneration, type LogEvent, listEvents } from "./queries/generations.ts";
import { type RunningAnswers, runningAnswers } from "./running-answers.ts";

/** An event as a reader gets it over SSE. */
export interface SseEvent {
  readonly id?: string;
  readonly data: string;
}

/** The run that is written in a conversation now, if any; `not_found` for a conversation that is not the caller's. */
export function findRunningAnswer(principal: Principal, conversationId: string): Promise<string | undefined> {
  return withTenant(principal, async (transaction) => {
    if ((await findConversation(transaction, principal, conversationId)) === undefined) {
      throw new AppError("not_found");
    }
    const [running] = await listRunningGenerations(transaction, principal, conversationId);
    return running?.id;
  });
}

/** The run under an id, if it is the caller's. */
export async function assertOwnAnswer(principal: Principal, generationId: string): Promise<void> {
  const row = await withTenant(principal, (transaction) =>
    findGeneration(transaction, principal, { id: generationId }),
  );
  if (row === undefined) throw new AppError("not_found");
}

/**
 * An answer from the event after `after` to its end, as SSE events: `id` is the sequence, `data` a JSON array of UI
 * message chunks. Ends with `[DONE]` after the run's last event, whatever its state.
 */
export async function* followAnswer(
  principal: Principal,
  generationId: string,
  after: number,
  signal: AbortSignal,
  running: RunningAnswers = runningAnswers(),
): AsyncGenerator<SseEvent> {
  const replay = (sequence: number) =>
    withTenant(principal, (transaction) => listEvents(transaction, principal, generationId, sequence));
  for await (const event of running.hub.follow(generationId, after, replay, signal)) {
    yield { id: String(event.sequence), data: JSON.stringify(event.chunks) };
    if (isLast(event)) {
      yield { data: "[DONE]" };
      return;
    }
  }
}

function isLast(event: LogEvent): boolean {
  return event.chunks.some(
    (chunk) => typeof chunk === "object" && chunk !== null && "type" in chunk && chunk.type === "finish",
  );
}

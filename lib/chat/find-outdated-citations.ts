import type { Principal } from "../identity/schema.ts";
import { findOutdatedSpans } from "../knowledge/index.ts";
import { withTenant } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { findConversation } from "./queries/conversations.ts";
import { listCitations } from "./queries/messages.ts";
import type { OutdatedCitation } from "./schema.ts";

/**
 * The citations of a conversation that no longer hold: the document changed and the quoted words went with it, or the
 * document cannot be opened any more. Judged anew each time, so that a change or a lost right shows at once.
 *
 * @throws AppError `not_found` when the conversation is not the caller's.
 */
export async function findOutdatedCitations(
  principal: Principal,
  conversationId: string,
): Promise<OutdatedCitation[]> {
  const citations = await withTenant(principal, async (transaction) => {
    if ((await findConversation(transaction, principal, conversationId)) === undefined)
      throw new AppError("not_found");
    return listCitations(transaction, principal, conversationId);
  });
  const outdated = await findOutdatedSpans(principal, citations);
  return outdated.map((entry) => {
    const { messageId, marker } = entry.span;
    return entry.state === "gone"
      ? { state: "gone", messageId, marker }
      : { state: "changed", messageId, marker, changedAt: entry.changedAt, now: entry.now };
  });
}

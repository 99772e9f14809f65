import { randomBytes } from "node:crypto";
import { recordAudit } from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import { withTenant } from "../platform/db/index.ts";
import { publicAddress } from "../platform/own-address.ts";
import { AppError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { pathTo, type TreeMessage } from "./conversation-path.ts";
import { dataOfPart, textOfParts } from "./message-parts.ts";
import { findConversation } from "./queries/conversations.ts";
import { listMessages } from "./queries/messages.ts";
import { insertShare, listShares, revokeShareRow } from "./queries/shares.ts";
import { hashToken } from "./read-share.ts";
import type { CheckData, CitationData, CreatedShare, Share, StoredSnapshot } from "./schema.ts";

/** Random bytes of a token: 192 bits, so that guessing is hopeless and tokens never collide. */
const TOKEN_BYTES = 24;

/** What readers of a link see of a message: text and quotes, none of the ids, traces and settings beside them. */
function toSnapshotMessage(
  message: TreeMessage,
  includesSources: boolean,
): StoredSnapshot["messages"][number] {
  const cited = message.parts
    .filter((part): part is { type: string; data: CitationData } => {
      return typeof part === "object" && part !== null && "type" in part && part.type === "data-citation";
    })
    .map(({ data }) => data);
  const citations = cited.map((data) => ({
    marker: data.marker,
    title: data.title,
    page: data.page,
    quote: includesSources ? data.quote : null,
    verdict: data.verdict,
  }));
  const check = dataOfPart<CheckData>(message.parts, "data-check");
  const unsupported = (check?.sentences ?? [])
    .filter((sentence) => sentence.verdict === "unsupported")
    .map(({ start, end }) => ({ start, end }));
  const documentIds = [...new Set(cited.map(({ documentId }) => documentId))];
  return { role: message.role, text: textOfParts(message.parts), citations, unsupported, documentIds };
}

/**
 * Makes a link to the branch on the screen as it is now. Later messages never appear behind it.
 *
 * @returns the link with its address, which is shown this once: only the token's hash is stored.
 * @throws AppError `not_found`; `invalid_request` for an expiry in the past.
 */
export async function createShare(
  principal: Principal,
  conversationId: string,
  options: { readonly expiresAt?: string | null | undefined; readonly sources: boolean },
): Promise<CreatedShare> {
  const expiresAt = options.expiresAt ? new Date(options.expiresAt) : null;
  if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
    throw new AppError("invalid_request", {
      message: "The link's expiry lies in the past. Choose a later time.",
    });
  }
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const id = newId();
  const createdAt = new Date().toISOString();
  const title = await withTenant(principal, async (transaction) => {
    const conversation = await findConversation(transaction, principal, conversationId);
    if (conversation === undefined) throw new AppError("not_found");
    const messages = await listMessages(transaction, principal, conversationId);
    const path =
      conversation.activeLeafId === null ? [] : (pathTo(messages, conversation.activeLeafId) ?? []);
    const snapshot: StoredSnapshot = {
      title: conversation.title,
      sharedAt: createdAt,
      messages: path
        .map((message) => toSnapshotMessage(message, options.sources))
        .filter(({ text }) => text !== ""),
    };
    await insertShare(transaction, principal, {
      id,
      conversationId,
      tokenHash: hashToken(token),
      snapshot,
      includesSources: options.sources,
      expiresAt,
    });
    await recordAudit(transaction, principal, {
      action: "share.create",
      subjectType: "share",
      subjectId: id,
      detail: {
        conversationId,
        includesSources: options.sources,
        expiresAt: expiresAt?.toISOString() ?? null,
      },
    });
    return conversation.title;
  });
  return {
    id,
    conversationId,
    title,
    mode: "snapshot",
    includesSources: options.sources,
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: null,
    createdAt,
    url: `${publicAddress()}/share/${token}`,
  };
}

/** The caller's links, newest first. */
export async function findShares(principal: Principal, conversationId?: string): Promise<Share[]> {
  const rows = await withTenant(principal, (transaction) =>
    listShares(transaction, principal, conversationId),
  );
  return rows.map((row) => ({
    ...row,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  }));
}

/**
 * Ends a link at once; one that is revoked already stays so.
 *
 * @throws AppError `not_found` when it is not the caller's.
 */
export async function revokeShare(principal: Principal, shareId: string): Promise<void> {
  await withTenant(principal, async (transaction) => {
    const outcome = await revokeShareRow(transaction, principal, shareId);
    if (outcome === "missing") throw new AppError("not_found");
    if (outcome === "ended") return;
    await recordAudit(transaction, principal, {
      action: "share.revoke",
      subjectType: "share",
      subjectId: shareId,
    });
  });
}

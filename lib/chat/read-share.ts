import { createHash } from "node:crypto";
import { findPrincipalOfMember } from "../identity/index.ts";
import { findCitedDocuments } from "../knowledge/index.ts";
import { withSystem, withTenant } from "../platform/db/index.ts";
import { listCitations } from "./queries/messages.ts";
import { findLiveShare, type LiveShare } from "./queries/shares.ts";
import { type ShareSnapshot, type StoredSnapshot, storedSnapshotSchema } from "./schema.ts";

/** Only this of a link's token is stored. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/**
 * What stands behind a token, or null: unknown, revoked and expired links look alike. A link shows what its maker may
 * see now: an answer that quotes a document that is deleted, or no longer theirs to open, is withheld.
 */
export async function readShare(token: string): Promise<ShareSnapshot | null> {
  if (!/^[\w-]{32}$/.test(token)) return null;
  const share = await withSystem((transaction) => findLiveShare(transaction, hashToken(token)));
  if (share === undefined) return null;
  const snapshot = storedSnapshotSchema.parse(share.snapshot);
  const quoted = await findQuotedDocuments(share, snapshot);
  const readable = await findReadable(share, [...new Set(quoted.flat())]);
  return {
    ...snapshot,
    messages: snapshot.messages.map(({ documentIds: _ids, ...message }, index) =>
      (quoted[index] ?? []).every((id) => readable.has(id)) ? message : withhold(message),
    ),
  };
}

/** The documents each message quotes; for links that do not say so, all that their conversation quotes. */
async function findQuotedDocuments(share: LiveShare, { messages }: StoredSnapshot): Promise<string[][]> {
  if (messages.every(({ documentIds }) => documentIds !== undefined))
    return messages.map(({ documentIds = [] }) => documentIds);
  const owner = { orgId: share.orgId, userId: share.createdBy };
  const citations = await withTenant(owner, (transaction) =>
    listCitations(transaction, owner, share.conversationId),
  );
  const all = citations.map(({ documentId }) => documentId);
  return messages.map((message) => message.documentIds ?? (message.citations.length === 0 ? [] : all));
}

async function findReadable(share: LiveShare, documentIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (documentIds.length === 0) return new Set();
  const maker = await findPrincipalOfMember(share.orgId, share.createdBy);
  if (maker === null) return new Set();
  const documents = await findCitedDocuments(maker, documentIds);
  return new Set(documents.map(({ documentId }) => documentId));
}

function withhold({ role }: ShareSnapshot["messages"][number]): ShareSnapshot["messages"][number] {
  return { role, text: "", citations: [], unsupported: [], isWithheld: true };
}

import { sql } from "drizzle-orm";
import { expect } from "vitest";
import { verifyAuditChain } from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import type { SearchResponse } from "../knowledge/schema.ts";
import { type Transaction, withSystem } from "../platform/db/index.ts";
import { newId } from "../shared/ids.ts";
import type { AnswerDeps } from "./answer-contract.ts";
import { followAnswer } from "./follow-answer.ts";
import { dataOfPart } from "./message-parts.ts";
import type { RunningAnswers } from "./running-answers.ts";
import type { ChatRequest, GenerationData } from "./schema.ts";
import { StreamHub } from "./stream-hub.ts";
import { StreamLog } from "./stream-log.ts";
import type { ModelCall, ModelEvent } from "./stream-model.ts";

/** Text of the one document that the fake search finds. */
export const DOCUMENT_TEXT = "The pump was replaced in May. The valve was kept. Nobody objected.";

/** Makes an organisation with one member and gives that member's principal. */
export async function createMember(name = "Member", orgId: string = newId()): Promise<Principal> {
  const userId = newId();
  await withSystem(async (transaction) => {
    await transaction.execute(
      sql`insert into organisation (id, name) values (${orgId}, 'Org') on conflict do nothing`,
    );
    await transaction.execute(sql`insert into "user" (id, name) values (${userId}, ${name})`);
    await transaction.execute(
      sql`insert into membership (org_id, user_id, role) values (${orgId}, ${userId}, 'member')`,
    );
  });
  return { orgId, userId, name, email: null, role: "member", isGuest: false, via: "session", scopes: [] };
}

/** The lines of the audit log about one thing, oldest first, once the whole chain is found unbroken. */
export async function auditOf(orgId: string, subjectId: string) {
  expect(await verifyAuditChain(orgId)).toMatchObject({ ok: true });
  const rows = await withSystem((transaction) =>
    transaction.execute<{ actor: string; action: string; type: string; detail: unknown }>(sql`
      select actor_id as actor, action, subject_type as type, detail from audit_event
      where org_id = ${orgId} and subject_id = ${subjectId} order by sequence`),
  );
  return Array.from(rows);
}

/** A process of its own, as far as answers go. */
export function createProcess(): RunningAnswers {
  const hub = new StreamHub();
  const log = new StreamLog({ publish: (events) => hub.publish(events) });
  return { instanceId: newId(), hub, log, runs: new Map(), isDraining: false };
}

/** Ids of a document that the fake search finds. */
export interface FoundDocument {
  readonly collectionId: string;
  readonly documentId: string;
  readonly versionId: string;
}

/** Stores the one document with {@link DOCUMENT_TEXT}, in a collection of its own that the organisation reads. */
export async function createDocument(orgId: string): Promise<FoundDocument> {
  const ids = { collectionId: newId(), documentId: newId(), versionId: newId() };
  await withSystem(async (transaction) => {
    await transaction.execute(sql`insert into collection (id, org_id, name, visibility)
      values (${ids.collectionId}, ${orgId}, 'Reports', 'organisation')`);
    await transaction.execute(sql`insert into document (id, org_id, collection_id, title, file_name, media_type,
        size_bytes, content_hash, blob_key, state, active_version_id)
      values (${ids.documentId}, ${orgId}, ${ids.collectionId}, 'Report', 'report.txt', 'text/plain', 66,
        ${ids.documentId}, 'none', 'ready', ${ids.versionId})`);
    await insertVersion(transaction, orgId, ids, DOCUMENT_TEXT);
  });
  return ids;
}

/** Gives a stored document a new version, which becomes the active one. */
export async function changeDocument(orgId: string, { documentId }: FoundDocument, text: string) {
  const versionId = newId();
  await withSystem(async (transaction) => {
    await transaction.execute(
      sql`update document_version set state = 'superseded' where document_id = ${documentId}`,
    );
    await insertVersion(transaction, orgId, { documentId, versionId }, text);
    await transaction.execute(
      sql`update document set active_version_id = ${versionId} where id = ${documentId}`,
    );
  });
  return versionId;
}

function insertVersion(
  transaction: Transaction,
  orgId: string,
  { documentId, versionId }: Pick<FoundDocument, "documentId" | "versionId">,
  text: string,
) {
  return transaction.execute(sql`insert into document_version (id, org_id, document_id, state, content_hash, parser,
      text, page_count, unreadable_pages)
    values (${versionId}, ${orgId}, ${documentId}, 'active', ${versionId}, 'test', ${text}, 1, '{}')`);
}

/** A search that always finds the one document; one that is nowhere stored unless it is named. */
export function fakeSearch(document?: FoundDocument): SearchResponse {
  const found = document ?? { collectionId: newId(), documentId: newId(), versionId: newId() };
  const ids = { chunkId: newId(), ...found };
  return {
    results: [
      {
        ...ids,
        title: "Report",
        fileName: "report.txt",
        mediaType: "text/plain",
        headingPath: [],
        page: null,
        start: 0,
        end: DOCUMENT_TEXT.length,
        text: DOCUMENT_TEXT,
        scores: { keyword: 1, semantic: 1, fused: 1, rerank: null },
      },
    ],
    trace: {
      query: "",
      mode: "hybrid",
      keywordEngine: "test",
      vectorSpace: "test",
      semanticWeight: 0.5,
      reranker: null,
      candidates: { keyword: 1, semantic: 1, fused: 1 },
      timingsMs: {},
    },
  };
}

/** The outside of the pipeline with a scripted model. */
export function scriptedDeps(
  script: (call: ModelCall) => AsyncIterable<ModelEvent>,
  document?: FoundDocument,
): AnswerDeps {
  return {
    search: async () => fakeSearch(document),
    expandPassages: async (_principal, found) =>
      found.map((passage) => ({ passage, joined: 0, isExpanded: false })),
    claimChecker: async () => ({
      findSupport: (claim, passage) => {
        const position = passage.text.indexOf(claim);
        const start = passage.start + position;
        return position < 0
          ? { start: 0, end: 0, quote: "", verdict: "unsupported", score: 0 }
          : { start, end: start + claim.length, quote: claim, verdict: "supported", score: 1 };
      },
      splitSentences: (text) =>
        Array.from(text.matchAll(/[^.!?\s][^.!?]*[.!?]*/g), (match) => ({
          start: match.index,
          end: match.index + match[0].trimEnd().length,
        })),
      pageOf: () => null,
    }),
    streamModel: script,
    completeModel: async () => "",
    findUsage: async () => ({ costMicros: 1_300, attempts: 1 }),
    nowMs: () => performance.now(),
  };
}

/** A model that says these pieces and ends. */
export async function* say(...pieces: string[]): AsyncGenerator<ModelEvent> {
  for (const text of pieces) yield { type: "text", text };
  yield {
    type: "end",
    finishReason: "stop",
    promptTokens: 10,
    completionTokens: pieces.length,
    upstream: null,
  };
}

/** A request that asks a new question. */
export function ask(text: string, more: Partial<ChatRequest> = {}): ChatRequest {
  return { idempotencyKey: newId(), message: { type: "text", text }, ...more };
}

/** All chunks of an answer as a reader gets them, with their sequences. */
export async function readAnswer(
  principal: Principal,
  generationId: string,
  { process, after = 0 }: { readonly process: RunningAnswers; readonly after?: number },
): Promise<{ sequences: number[]; chunks: unknown[] }> {
  const sequences: number[] = [];
  const chunks: unknown[] = [];
  const signal = AbortSignal.timeout(20_000);
  for await (const { id, data } of followAnswer(principal, generationId, after, signal, process)) {
    if (data === "[DONE]") continue;
    sequences.push(Number(id));
    chunks.push(...(JSON.parse(data) as unknown[]));
  }
  return { sequences, chunks };
}

/** How the run that wrote these parts stands. */
export function stateOf(parts: readonly unknown[]): GenerationData | undefined {
  return dataOfPart<GenerationData>(parts, "data-generation");
}

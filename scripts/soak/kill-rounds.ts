import { randomUUID } from "node:crypto";
import { type ProcessName, type RunningProgram, until } from "./running-program.ts";

const QUESTION = "How do I add documents, which files can I add and what are the limits?";
/** Characters on the reader's screen before the kill: in the middle of an answer, neither at its start nor its end. */
const SHOWN_CHARACTERS = 60;
const END_TIMEOUT_MS = 60_000;
const INGEST_TIMEOUT_MS = 300_000;

/** What one round found; `faults` is empty when nothing was lost. */
export interface Round {
  readonly killed: ProcessName;
  readonly state: string;
  readonly shownCharacters: number;
  readonly faults: readonly string[];
}

interface Part {
  readonly type: string;
  readonly text?: string;
  readonly data?: { readonly state?: string };
}
interface Message {
  readonly id: string;
  readonly role: string;
  readonly parts: readonly Part[];
}
interface Conversation {
  readonly messages: readonly Message[];
  readonly activeGeneration: { readonly state: string } | null;
}
interface ListedDocument {
  readonly id: string;
  readonly title: string;
  readonly state: string;
}

/** An answer that a reader began to read. */
interface Reading {
  readonly conversationId: string;
  /** Text on the reader's screen so far. */
  shown(): string;
  /** Resolves when the stream ends, in whatever way. */
  readonly ended: Promise<void>;
}

/**
 * Kills a process while an answer streams. The stored answer must begin with every character that was shown, in a
 * final state; a killed web process leaves it `interrupted`.
 */
export async function killWhileAnswering(program: RunningProgram, killed: ProcessName): Promise<Round> {
  const reading = await ask(program);
  await until("text is shown", END_TIMEOUT_MS, async () =>
    reading.shown().length >= SHOWN_CHARACTERS ? true : undefined,
  );
  await program.kill(killed);
  await program.waitUntilReady();
  const { message, state } = await finalAnswer(program, reading.conversationId);
  // A reader whose server lives on sees the end; one whose server died sees the connection close.
  await reading.ended;
  const shown = reading.shown();
  const stored = textOf(message);
  const allowed = killed === "web" ? ["interrupted"] : ["complete", "interrupted", "failed"];
  const faults = [
    ...(stored.startsWith(shown) ? [] : [`shown but not stored: "${shown}" against "${stored}"`]),
    ...(allowed.includes(state) ? [] : [`the answer is ${state}`]),
  ];
  return { killed, state, shownCharacters: shown.length, faults };
}

/** Kills the worker while it indexes a large text: the document must end ready, once, with each passage once. */
export async function killWhileIngesting(program: RunningProgram, sentences: number): Promise<Round> {
  const mark = randomUUID().slice(0, 8);
  const title = `Ledger ${mark}`;
  const text = Array.from(
    { length: sentences },
    (_, line) => `Entry ${line} of ledger ${mark} records crate ${line * 7919} in bay ${line % 97}.`,
  ).join(" ");
  const collectionId = await ownCollection(program);
  const path = `/api/collections/${collectionId}/documents`;
  const { id } = await program.json<{ id: string }>("POST", path, { title, text });
  await until("the worker has begun", INGEST_TIMEOUT_MS, async () =>
    (await findDocument(program, id)).state === "queued" ? undefined : true,
  );
  const stateAtKill = (await findDocument(program, id)).state;
  await program.kill("worker");
  const { state } = await until("the document is done", INGEST_TIMEOUT_MS, async () => {
    const document = await findDocument(program, id);
    return document.state === "ready" || document.state === "failed" ? document : undefined;
  });
  const { documents } = await program.json<{ documents: ListedDocument[] }>("GET", path);
  const copies = documents.filter((document) => document.title === title).length;
  const results = await searchLedger(program, collectionId, mark);
  const passages = new Set(results.map(({ start, end }) => `${start}-${end}`));
  const faults = [
    ...(stateAtKill === "ready" ? ["the document was ready before the kill: use more sentences"] : []),
    ...(state === "ready" ? [] : [`the document is ${state}`]),
    ...(copies === 1 ? [] : [`the document is listed ${copies} times`]),
    ...(results.length > 0 ? [] : ["no passage of the document is found"]),
    ...(passages.size === results.length ? [] : ["a passage is found twice"]),
  ];
  return { killed: "worker", state, shownCharacters: 0, faults };
}

/** Every answer so far, to be compared after all kills. */
export async function readAnswers(program: RunningProgram): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  const { conversations } = await program.json<{ conversations: { id: string }[] }>(
    "GET",
    "/api/conversations",
  );
  for (const { id } of conversations) {
    const { messages } = await program.json<Conversation>("GET", `/api/conversations/${id}`);
    for (const message of messages) answers.set(message.id, textOf(message));
  }
  return answers;
}

async function ask(program: RunningProgram): Promise<Reading> {
  const response = await program.request(
    "POST",
    "/api/chat",
    { idempotencyKey: randomUUID(), message: { type: "text", text: QUESTION } },
    AbortSignal.timeout(END_TIMEOUT_MS * 2),
  );
  if (!response.ok || response.body === null) throw new Error(`POST /api/chat: ${response.status}`);
  let shown = "";
  let conversationId = "";
  let resolveId: (id: string) => void = () => {};
  const known = new Promise<string>((resolve) => {
    resolveId = resolve;
  });
  const read = async (body: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of body) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const chunk of lines.flatMap(chunksOfLine)) {
        if (chunk.type === "text-delta") shown += chunk.delta ?? "";
        if (chunk.type === "data-generation" && conversationId === "") {
          conversationId = chunk.data?.conversationId ?? "";
          resolveId(conversationId);
        }
      }
    }
  };
  // A killed server cuts the stream: that is the end of what was shown.
  const ended = read(response.body).catch(() => {});
  return { conversationId: await known, shown: () => shown, ended };
}

interface Chunk {
  readonly type: string;
  readonly delta?: string;
  readonly data?: { readonly conversationId?: string };
}

function chunksOfLine(line: string): Chunk[] {
  if (!line.startsWith("data: [{")) return [];
  return JSON.parse(line.slice("data: ".length)) as Chunk[];
}

async function finalAnswer(program: RunningProgram, conversationId: string) {
  return until("the answer has ended", END_TIMEOUT_MS, async () => {
    const conversation = await program.json<Conversation>("GET", `/api/conversations/${conversationId}`);
    if (conversation.activeGeneration !== null) return undefined;
    const message = conversation.messages.find(({ role }) => role === "assistant");
    if (message === undefined) throw new Error("The answer is gone.");
    const state = message.parts.findLast(({ type }) => type === "data-generation")?.data?.state ?? "unknown";
    return { message, state };
  });
}

function textOf(message: Message): string {
  return message.parts.flatMap((part) => (part.type === "text" ? [part.text ?? ""] : [])).join("");
}

function findDocument(program: RunningProgram, id: string): Promise<ListedDocument> {
  return program.json<ListedDocument>("GET", `/api/documents/${id}`);
}

async function ownCollection(program: RunningProgram): Promise<string> {
  const name = `Soak ${randomUUID().slice(0, 8)}`;
  const body = { name, description: "", visibility: "organisation" };
  return (await program.json<{ id: string }>("POST", "/api/collections", body)).id;
}

async function searchLedger(program: RunningProgram, collectionId: string, mark: string) {
  const body = {
    query: `entry of ledger ${mark}`,
    collectionIds: [collectionId],
    mode: "keyword",
    limit: 50,
  };
  const { results } = await program.json<{ results: { start: number; end: number }[] }>(
    "POST",
    "/api/search",
    body,
  );
  return results;
}

import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { getFirstAdministrator } from "../../identity/index.ts";
import type { Principal } from "../../identity/schema.ts";
import { startJobs, stopJobs } from "../../jobs/index.ts";
import {
  addDocument,
  createCollection,
  ensurePersonalCollection,
  ingestDocumentJob,
  listCollections,
  listDocuments,
} from "../../knowledge/index.ts";
import type { Document } from "../../knowledge/schema.ts";
import { environment } from "../../platform/env.ts";
import { AppError } from "../../shared/errors.ts";
import { parseArguments } from "./output.ts";

const HELP = `vouch ingest: add files or folders to a collection

  ingest PATH... [--collection NAME]

PDF, Markdown and plain text; folders are searched for .pdf, .md, .markdown and .txt files. The first administrator
adds them, to "My documents" without --collection; a collection that does not exist is made for all of the
organisation. The command waits until every document is ready or has failed, and ends with status 1 if one failed.
It works while the program runs, and reads the documents itself when it does not.

  --json   print JSON for programs
  --help   print this text`;

const READABLE = /\.(?:pdf|md|markdown|txt)$/i;
const POLL_MS = 400;
const LIST_PAGE = 1_000;
/** Files stored at once: writing one to the disk is mostly waiting. */
const FILES_AT_ONCE = 6;

/** What became of one path. */
interface Outcome {
  readonly path: string;
  readonly id: string | null;
  state: string;
  error: string | null;
}

type Say = (line: string) => void;

/** `vouch ingest`: stores, reads and indexes files, showing how they stand. */
export async function ingestCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArguments(HELP, () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        collection: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }),
  );
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (positionals.length === 0) {
    throw new AppError("invalid_request", { message: `Name the files or folders to add.\n\n${HELP}` });
  }
  const say: Say = values.json ? () => {} : (line) => console.log(line.replace(/\p{Cc}/gu, " "));
  const paths = await findFiles(positionals);
  const principal = await getFirstAdministrator();
  const collectionId = await findCollection(principal, values.collection);
  // Works beside the program's own workers, or alone when there are none.
  await startJobs({ jobs: [ingestDocumentJob], work: true });
  try {
    const outcomes = await addFiles(principal, collectionId, paths, say);
    await waitForAll(principal, collectionId, outcomes, say);
    report(outcomes, collectionId, values.json, say);
  } finally {
    await stopJobs();
  }
}

async function findFiles(given: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of given) {
    const found = await stat(path).catch(() => null);
    if (found === null) throw new AppError("not_found", { message: `There is no file or folder ${path}.` });
    if (!found.isDirectory()) files.push(path);
    else {
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      const inside = entries.filter((entry) => entry.isFile() && READABLE.test(entry.name));
      files.push(...inside.map((entry) => join(entry.parentPath, entry.name)).sort());
    }
  }
  if (files.length === 0)
    throw new AppError("invalid_request", { message: "There is no file to add there." });
  return files;
}

async function findCollection(principal: Principal, name: string | undefined): Promise<string> {
  if (name === undefined) return ensurePersonalCollection(principal);
  const known = (await listCollections(principal)).find(
    (collection) => collection.name.toLowerCase() === name.toLowerCase() && collection.level !== "read",
  );
  if (known !== undefined) return known.id;
  return (await createCollection(principal, { name, description: "", visibility: "organisation" })).id;
}

async function addFiles(
  principal: Principal,
  collectionId: string,
  paths: readonly string[],
  say: Say,
): Promise<Outcome[]> {
  const waiting = paths.map((path, index) => ({ path, index }));
  const outcomes: Outcome[] = [];
  const addNext = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const outcome = await addFile(principal, collectionId, next.path);
      outcomes[next.index] = outcome;
      if (outcome.error !== null) say(`${outcome.path}: failed. ${outcome.error}`);
    }
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, addNext));
  return outcomes;
}

async function addFile(principal: Principal, collectionId: string, path: string): Promise<Outcome> {
  const limitBytes = environment().VOUCH_UPLOAD_LIMIT_MB * 1024 ** 2;
  try {
    if ((await stat(path)).size > limitBytes) throw new AppError("document_too_large");
    const { id, state } = await addDocument(principal, {
      collectionId,
      fileName: basename(path),
      content: createReadStream(path),
      priority: "bulk",
    });
    return { path, id, state, error: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { path, id: null, state: "failed", error: error.message };
  }
}

async function* allDocuments(principal: Principal, collectionId: string): AsyncGenerator<Document> {
  let before: string | undefined;
  do {
    const { documents, next } = await listDocuments(principal, collectionId, { limit: LIST_PAGE, before });
    yield* documents;
    before = next ?? undefined;
  } while (before !== undefined);
}

async function waitForAll(
  principal: Principal,
  collectionId: string,
  outcomes: readonly Outcome[],
  say: Say,
): Promise<void> {
  const open = new Map(outcomes.flatMap((outcome) => (outcome.id === null ? [] : [[outcome.id, outcome]])));
  for (;;) {
    const seen = new Set<string>();
    for await (const document of allDocuments(principal, collectionId)) {
      const outcome = open.get(document.id);
      if (outcome === undefined) continue;
      seen.add(document.id);
      const isDone = document.state === "ready" || document.state === "failed";
      if (outcome.state !== document.state || isDone) {
        const detail = document.stateDetail === null ? "" : `. ${document.stateDetail}`;
        say(`${outcome.path}: ${document.state}${detail}`);
      }
      outcome.state = document.state;
      outcome.error = document.state === "failed" ? document.stateDetail : null;
      if (isDone) open.delete(document.id);
    }
    for (const [id, outcome] of open) {
      if (seen.has(id)) continue;
      // Deleted by somebody meanwhile: nothing to wait for.
      outcome.state = "failed";
      outcome.error = "The document was deleted.";
      open.delete(id);
    }
    if (open.size === 0) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function report(outcomes: readonly Outcome[], collectionId: string, asJson: boolean, say: Say): void {
  const failed = outcomes.filter(({ state }) => state === "failed").length;
  if (asJson) console.log(JSON.stringify({ collectionId, documents: outcomes }));
  else say(`${outcomes.length - failed} of ${outcomes.length} documents are ready.`);
  if (failed > 0) {
    throw new AppError("document_unreadable", {
      message: `${failed} of ${outcomes.length} files could not be read.`,
    });
  }
}

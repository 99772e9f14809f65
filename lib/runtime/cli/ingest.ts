import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { createUrlDocumentSchema } from "../../knowledge/schema.ts";
import { environment } from "../../platform/env.ts";
import { AppError } from "../../shared/errors.ts";
import { addAddress } from "./ingest/add-address.ts";
import { awaitDocuments } from "./ingest/await-documents.ts";
import { type FilePatterns, type FoundFiles, findFiles } from "./ingest/find-files.ts";
import { openHttpTarget } from "./ingest/http-target.ts";
import type { IngestTarget } from "./ingest/ingest-target.ts";
import { ChangedFiles, keepWatching } from "./ingest/keep-watching.ts";
import { openLocalTarget } from "./ingest/local-target.ts";
import { type Report, reportForPeople, reportForPrograms } from "./ingest/report.ts";
import {
  findKnownFiles,
  type KnownFiles,
  type Outcome,
  syncFiles,
  syncRemoved,
} from "./ingest/sync-files.ts";
import { watchFolders } from "./ingest/watch-folders.ts";
import { parseArguments } from "./output.ts";

const HELP = `vouch ingest: add files, folders or web addresses to a collection

  ingest PATH... [--collection NAME] [--include GLOB]... [--exclude GLOB]... [--delete] [--watch]
  ingest URL... [--collection NAME] [--site] [--depth N] [--limit N] [--once]

A folder is searched for files that can be read, hidden files and links aside. A document is known by the path of its
file: run again, only new and changed files are sent, and a changed file becomes a new version of its document. The
collection is "My documents" without --collection; one that does not exist is made for all of the organisation.

  --include GLOB   only these files, whatever their ending, such as "*.log" or "2026/**"; may be repeated
  --exclude GLOB   not these files or folders, such as "drafts/**"; may be repeated
  --delete         delete documents whose file is gone; they are kept without it
  --watch          go on: follow what changes in the folders until interrupted
  --site           the address and the pages it leads to on its host, below its folder
  --depth N        links from the first page to the last one (0 to 5, default 2)
  --limit N        pages of the site at most (1 to 500, default 50)
  --once           do not look at the address again every day
  --server URL     send to a server over HTTP, with the key in VOUCH_API_KEY (VOUCH_SERVER names the server too)
  --json           print JSON for programs; with --watch one line for each change
  --help           print this text

Without a server the first administrator of this machine adds the documents, beside the program when it runs and by
itself when it does not. The command waits until every document is ready or has failed. It ends with status 0 when all
are ready, 2 when some failed, 1 when it could not do its work, 130 when it was interrupted.`;

function parseIngestArguments(args: readonly string[]) {
  return parseArguments(HELP, () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        collection: { type: "string" },
        include: { type: "string", multiple: true, default: [] },
        exclude: { type: "string", multiple: true, default: [] },
        delete: { type: "boolean", default: false },
        watch: { type: "boolean", default: false },
        site: { type: "boolean", default: false },
        depth: { type: "string" },
        limit: { type: "string" },
        once: { type: "boolean", default: false },
        server: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }),
  );
}

type IngestValues = ReturnType<typeof parseIngestArguments>["values"];

/** True when the command speaks to a server over HTTP and needs no database. */
export function isForServer(args: readonly string[]): boolean {
  return (
    args.some((arg) => arg === "--server" || arg.startsWith("--server=")) ||
    environment().VOUCH_SERVER !== undefined
  );
}

/** One run of the command. */
interface Run {
  readonly target: IngestTarget;
  readonly collectionId: string;
  readonly values: IngestValues;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** `vouch ingest`: stores, reads and indexes files and pages, showing how they stand. Sets the exit code. */
export async function ingestCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseIngestArguments(args);
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (positionals.length === 0) {
    throw new AppError("invalid_request", {
      message: `Name the files, folders or addresses to add.\n\n${HELP}`,
    });
  }
  const urls = positionals.filter((text) => /^https?:\/\//i.test(text));
  const paths = positionals.filter((text) => !urls.includes(text));
  const patterns: FilePatterns = { include: values.include, exclude: values.exclude };
  // What is wrong with the paths is said before anything is made.
  const found = await findFiles(paths, patterns);
  if (found.files.length === 0 && urls.length === 0 && !values.watch && !values.delete) {
    throw new AppError("invalid_request", { message: "There is no file to add there." });
  }
  const requests = urls.map((url) => parseAddress(url, values));
  const target = await openTarget(values.server);
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  process.once("SIGINT", onInterrupt);
  process.once("SIGTERM", onInterrupt);
  try {
    const collectionId = await target.findCollection(values.collection);
    const report = values.json ? reportForPrograms(values.watch) : reportForPeople();
    const run: Run = { target, collectionId, values, report, signal: interrupt.signal };
    const addresses: Outcome[] = [];
    for (const request of requests) {
      addresses.push(...(await addAddress(target, collectionId, request, report.say, run.signal)));
    }
    await (values.watch ? followFolders(run, paths, patterns) : addOnce(run, found, addresses));
  } finally {
    await target.close();
  }
}

async function openTarget(server: string | undefined): Promise<IngestTarget> {
  const { VOUCH_SERVER, VOUCH_API_KEY: key } = environment();
  const url = server ?? VOUCH_SERVER;
  if (url === undefined) return openLocalTarget();
  if (!URL.canParse(url))
    throw new AppError("invalid_request", { message: `--server: ${url} is no address.` });
  if (key === undefined) {
    throw new AppError("invalid_request", { message: "Put the API key for the server into VOUCH_API_KEY." });
  }
  return openHttpTarget({ url, key });
}

function parseAddress(url: string, values: IngestValues) {
  const isSite = values.site || values.depth !== undefined || values.limit !== undefined;
  const parsed = createUrlDocumentSchema.safeParse({
    url,
    refresh: values.once ? "never" : "daily",
    ...(isSite
      ? {
          site: {
            ...(values.depth === undefined ? {} : { depth: Number(values.depth) }),
            ...(values.limit === undefined ? {} : { limit: Number(values.limit) }),
          },
        }
      : {}),
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError("invalid_request", { message: `${issue?.path.join(".")}: ${issue?.message}` });
}

async function addOnce(run: Run, found: FoundFiles, addresses: readonly Outcome[]): Promise<void> {
  const { target, collectionId, report, signal } = run;
  const files = found.files.length === 0 && found.roots.length === 0 ? [] : await syncOnce(run, found);
  const outcomes = [...addresses, ...files];
  await awaitDocuments(target, collectionId, outcomes, report.tell, signal);
  report.summary(collectionId, outcomes, found.leftOut);
  if (signal.aborted) {
    report.say("Interrupted. What was sent is read when the program runs.");
    process.exitCode = 130;
  } else if (outcomes.some(({ state }) => state === "failed" || state === "cancelled")) process.exitCode = 2;
}

async function syncOnce(run: Run, found: FoundFiles, given?: KnownFiles): Promise<Outcome[]> {
  const { target, collectionId, values, report } = run;
  const known = given ?? (await findKnownFiles(target, collectionId));
  const removed = await syncRemoved(target, found, known, values.delete);
  removed.forEach(report.tell);
  let done = 0;
  const outcomes = await syncFiles(target, collectionId, found.files, known, (outcome) => {
    done += 1;
    report.progress(done, found.files.length);
    if (outcome.change === "failed") report.tell(outcome);
  });
  return [...removed, ...outcomes];
}

async function followFolders(run: Run, paths: readonly string[], patterns: FilePatterns): Promise<void> {
  const { target, collectionId, values, report, signal } = run;
  const changed = new ChangedFiles();
  // Watched before it is searched, so that nothing falls between the two.
  const { roots } = await findFiles(paths, patterns);
  const folders = paths
    .map((shown) => ({ shown, root: resolve(shown) }))
    .filter(({ root }) => roots.includes(root));
  if (folders.length === 0) throw new AppError("invalid_request", { message: "--watch needs a folder." });
  const stopWatching = await watchFolders(folders, patterns, {
    onFile: (file) => changed.add(file.path, file),
    onGone: (path) => changed.add(path, null),
    onError: () => report.say("A part of the folder cannot be watched."),
  });
  try {
    const known = await findKnownFiles(target, collectionId);
    const found = await findFiles(paths, patterns);
    const outcomes = await syncOnce(run, found, known);
    for (const outcome of outcomes)
      if (outcome.change !== "unchanged" && outcome.change !== "failed") report.tell(outcome);
    report.say(`Watching ${folders.map(({ shown }) => shown).join(", ")}. Interrupt to end.`);
    await keepWatching(
      {
        target,
        collectionId,
        known,
        isDeleting: values.delete,
        onOutcome: report.tell,
        onAway: (message) => report.say(`${message} It is asked again.`),
        signal,
      },
      changed,
    );
  } finally {
    await stopWatching();
  }
}

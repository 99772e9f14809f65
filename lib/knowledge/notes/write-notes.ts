import { logger } from "../../platform/log.ts";
import type { writeText } from "../../router/index.ts";
import { toAppError } from "../../shared/errors.ts";
import { slices } from "../../shared/slices.ts";
import { findNotes, forgetOtherNotes, storeNotes } from "../queries/passage-notes.ts";
import type { ModelTurns } from "./model-turns.ts";
import {
  type NoteDocument,
  type NotePassage,
  noteDocument,
  noteKey,
  notePassage,
  notePrompt,
  noteSize,
} from "./note-prompt.ts";
import { readNotes } from "./read-notes.ts";

/** The outside of {@link writeNotes}. */
export interface NoteDeps {
  /** Name of the chat model that writes; null when there is none. */
  readonly writingModel: () => string | null;
  readonly writeText: (...given: Parameters<typeof writeText>) => ReturnType<typeof writeText>;
  readonly modelTurns: ModelTurns;
}

/** The passages of a document that sentences are wanted for. */
export interface NoteWork {
  readonly orgId: string;
  readonly documentId: string;
  /** Who pays; without anybody no model is asked. */
  readonly createdBy: string | null;
  readonly title: string;
  /** The whole text, in which the passages stand. */
  readonly text: string;
  readonly passages: readonly {
    readonly start: number;
    readonly text: string;
    readonly headingPath: readonly string[];
  }[];
  readonly signal: AbortSignal;
  /** Told after each request, with the share of the passages that is done. */
  readonly onProgress: (share: number) => Promise<void>;
}

/** Why passages stayed without a sentence. */
export type NoteShortfall = "no_model" | "no_owner" | "away" | "limited" | "unusable";

/** Sentences in the order of the passages. */
export interface WrittenNotes {
  readonly notes: readonly (string | null)[];
  readonly shortfall: NoteShortfall | null;
}

/** A request of 8 passages of 200 words is about 3,500 tokens: small for any model, and its answer is soon there. */
const BATCH_PASSAGES = 8;
const BATCH_CHARACTERS = 14_000;
/** Requests of one document at once. */
const PARALLEL = 3;
/** A model that gave nothing usable so often in a row, each time asked for one passage, is not asked for the rest. */
const UNUSABLE_MAX = 8;
const KEYS_PER_STATEMENT = 500;

interface Wanted {
  readonly key: string;
  readonly passage: NotePassage;
}

/**
 * Gives passages a sentence each: those that were paid for before from the store, the others from the model, several
 * in a request; each answer is stored when it arrives. What a model leaves out, or what cannot be used, is asked for
 * once more by itself. A model that is away, refuses or has no budget leaves passages without a sentence; it never
 * fails the document.
 *
 * @throws the signal's reason, and what the database throws.
 */
export async function writeNotes(work: NoteWork, deps: NoteDeps): Promise<WrittenNotes> {
  const model = deps.writingModel();
  const none = work.passages.map(() => null);
  if (model === null) return { notes: none, shortfall: "no_model" };
  const document = noteDocument(work.title, work.text);
  const wanted = work.passages.map((given): Wanted => {
    const passage = notePassage(work.text, given);
    return { key: noteKey(model, document, passage), passage };
  });
  const byKey = new Map(wanted.map((one) => [one.key, one]));
  const scope = { orgId: work.orgId };
  const run: NoteRun = {
    work,
    deps,
    model,
    document,
    total: byKey.size,
    notes: new Map(),
    shortfall: null,
    unusableInRow: 0,
  };
  for (const keys of slices([...byKey.keys()], KEYS_PER_STATEMENT)) {
    for (const [key, note] of await findNotes(scope, work.documentId, keys)) run.notes.set(key, note);
  }
  const missing = [...byKey.values()].filter(({ key }) => !run.notes.has(key));
  if (missing.length > 0) await askForAll(run, missing);
  await forgetOtherNotes(scope, work.documentId, [...byKey.keys()]);
  const isShort = run.notes.size < byKey.size;
  return {
    notes: wanted.map(({ key }) => run.notes.get(key) ?? null),
    shortfall: isShort ? (run.shortfall ?? "unusable") : null,
  };
}

interface NoteRun {
  readonly work: NoteWork;
  readonly deps: NoteDeps;
  readonly model: string;
  readonly document: NoteDocument;
  readonly total: number;
  /** Sentences by key. */
  readonly notes: Map<string, string>;
  /** Set when no more requests are made. */
  shortfall: NoteShortfall | null;
  unusableInRow: number;
}

async function askForAll(run: NoteRun, missing: readonly Wanted[]): Promise<void> {
  const { createdBy, orgId, signal: outer } = run.work;
  if (createdBy === null) {
    run.shortfall = "no_owner";
    return;
  }
  const failed = new AbortController();
  const signal = AbortSignal.any([outer, failed.signal]);
  const owner = { orgId, userId: createdBy };
  const batches = batchesOf(missing);
  let done = run.total - missing.length;
  const takeBatches = async () => {
    for (const batch of batches) {
      if (run.shortfall !== null) return;
      await askForBatch(run, batch, owner, signal);
      done += batch.length;
      await run.work.onProgress(done / run.total);
    }
  };
  const workers = Array.from({ length: PARALLEL }, () =>
    takeBatches().catch((error: unknown) => failed.abort(error)),
  );
  await Promise.all(workers);
  signal.throwIfAborted();
}

/** Asks for the sentences of a batch, and once more by themselves for those that are missing. */
async function askForBatch(
  run: NoteRun,
  batch: readonly Wanted[],
  owner: { readonly orgId: string; readonly userId: string },
  signal: AbortSignal,
): Promise<void> {
  const left = await askOnce(run, batch, owner, signal);
  for (const one of left) {
    if (run.shortfall !== null) return;
    const [still] = await askOnce(run, [one], owner, signal);
    run.unusableInRow = still === undefined ? 0 : run.unusableInRow + 1;
    if (run.unusableInRow >= UNUSABLE_MAX) run.shortfall = "unusable";
  }
}

/** One request. @returns the passages that have no sentence after it. */
async function askOnce(
  run: NoteRun,
  batch: readonly Wanted[],
  owner: { readonly orgId: string; readonly userId: string },
  signal: AbortSignal,
): Promise<readonly Wanted[]> {
  const { deps, work, document, model } = run;
  const { instructions, input, maxOutputTokens } = notePrompt(
    document,
    batch.map(({ passage }) => passage),
  );
  let answer = "";
  try {
    answer = await deps.modelTurns.take(signal, async () => {
      if (deps.modelTurns.isResting) run.shortfall ??= "away";
      if (run.shortfall !== null) return "";
      const options = { principal: owner, model, maxOutputTokens, signal };
      return deps.writeText({ instructions, input }, options);
    });
  } catch (error) {
    signal.throwIfAborted();
    noteFailure(run, error);
  }
  const notes = readNotes(answer, batch.length);
  const written = batch.flatMap(({ key }, index) => {
    const note = notes[index];
    return note === undefined ? [] : [{ key, note }];
  });
  await storeNotes({ orgId: work.orgId }, work.documentId, written);
  for (const { key, note } of written) run.notes.set(key, note);
  return batch.filter((_, index) => notes[index] === undefined);
}

/** What a failed request means for those that would follow; a refused one says nothing about others. */
function noteFailure(run: NoteRun, error: unknown): void {
  const { code } = toAppError(error);
  const { orgId, documentId } = run.work;
  logger.info({ orgId, documentId, code, error }, "no sentences about passages");
  if (code === "model_refused") return;
  if (code === "budget_spent") run.shortfall ??= "limited";
  else {
    run.deps.modelTurns.noteOutage();
    run.shortfall ??= "away";
  }
}

function* batchesOf(wanted: readonly Wanted[]): Generator<readonly Wanted[]> {
  let batch: Wanted[] = [];
  let characters = 0;
  for (const one of wanted) {
    const size = noteSize(one.passage);
    if (batch.length === BATCH_PASSAGES || (batch.length > 0 && characters + size > BATCH_CHARACTERS)) {
      yield batch;
      [batch, characters] = [[], 0];
    }
    batch.push(one);
    characters += size;
  }
  if (batch.length > 0) yield batch;
}

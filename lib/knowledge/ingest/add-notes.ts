import { indexedText } from "../chunk/chunk-text.ts";
import { type NoteShortfall, writeNotes } from "../notes/write-notes.ts";
import { recordStep } from "../queries/claims.ts";
import { collectionSettingsSchema } from "../schema.ts";
import type { Ingestion } from "./ingestion.ts";
import type { PreparedDocument } from "./prepare-document.ts";
import { PARSE_SHARE } from "./read-document.ts";

/** Share of the work that is done when the sentences are there: they take longer than all that follows. */
const NOTED_SHARE = 0.8;
const PROGRESS_EVERY_MS = 400;

const REASONS: Readonly<Record<NoteShortfall, string>> = {
  no_model: "no chat model is configured that could write it.",
  no_owner: "nobody added this document to whom its costs could be booked.",
  away: "the model could not be reached. Reading again asks for the missing ones alone.",
  limited:
    "a limit or the budget of whoever added the document stood in the way. Reading again asks for the missing ones alone.",
  unusable: "the model gave no answer that could be used. Reading again asks for the missing ones alone.",
};

/** Gives the passages of a document a sentence by a model, where the collection wants it. */
export async function addNotes(
  { document, signal, deps }: Ingestion,
  prepared: PreparedDocument,
): Promise<PreparedDocument> {
  const { passageNotes } = collectionSettingsSchema.parse(document.settings);
  const { chunks, activation, version } = prepared;
  if (passageNotes === "off" || chunks.length === 0) return prepared;
  let writtenMs = Number.NEGATIVE_INFINITY;
  const { notes, shortfall } = await writeNotes(
    {
      orgId: document.orgId,
      documentId: document.id,
      createdBy: document.createdBy,
      title: activation.title,
      text: version.text,
      passages: chunks,
      signal,
      onProgress: async (share) => {
        if (performance.now() - writtenMs < PROGRESS_EVERY_MS) return;
        writtenMs = performance.now();
        const progress = PARSE_SHARE + (NOTED_SHARE - PARSE_SHARE) * share;
        await recordStep(document, { state: "indexing", progress });
      },
    },
    deps,
  );
  const without = notes.filter((note) => note === null).length;
  return {
    ...prepared,
    doneShare: NOTED_SHARE,
    chunks: chunks.map((chunk, index) => {
      const note = notes[index] ?? null;
      return { ...chunk, note, indexed: indexedText(activation.title, { ...chunk, note }) };
    }),
    activation: {
      ...activation,
      stateDetail:
        shortfall === null
          ? activation.stateDetail
          : [activation.stateDetail, describeShortfall(without, chunks.length, shortfall)]
              .filter((part) => part !== null)
              .join(" "),
    },
  };
}

function describeShortfall(without: number, total: number, shortfall: NoteShortfall): string {
  const subject =
    without === total
      ? "No passage has"
      : `${without} of ${total} passages ${without === 1 ? "has" : "have"}`;
  const object = without === total ? "a sentence by a model" : "no sentence by a model";
  return `${subject} ${object}: ${REASONS[shortfall]}`;
}

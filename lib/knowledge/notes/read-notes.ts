import { z } from "zod";
import { NOTE_WORDS_MAX, UNSEEN } from "./note-prompt.ts";

const answerSchema = z.object({ sentences: z.array(z.unknown()) });
const entrySchema = z.object({ number: z.coerce.number().int().min(1), sentence: z.string() });

/** For writing without blanks between words, and for words that are none. */
const CHARACTERS_MAX = 320;

/**
 * Reads a model's answer: the sentence for each of so many passages, undefined for those it left out or that are no
 * sentence. What stands around the JSON is passed over, one wrong entry spoils no other.
 */
export function readNotes(answer: string, count: number): readonly (string | undefined)[] {
  const notes = new Array<string | undefined>(count).fill(undefined);
  const parsed = answerSchema.safeParse(parseJson(answer));
  for (const item of parsed.data?.sentences ?? []) {
    const entry = entrySchema.safeParse(item).data;
    if (entry === undefined || entry.number > count) continue;
    notes[entry.number - 1] ??= cleanNote(entry.sentence);
  }
  return notes;
}

function parseJson(answer: string): unknown {
  const [start, end] = [answer.indexOf("{"), answer.lastIndexOf("}")];
  try {
    return JSON.parse(answer.slice(Math.max(0, start), end + 1));
  } catch {
    // No JSON is an answer without sentences.
    return undefined;
  }
}

/** One line of words without marks that mean something elsewhere; undefined when nothing is left. */
function cleanNote(sentence: string): string | undefined {
  const line = sentence
    .slice(0, 4 * CHARACTERS_MAX)
    .toWellFormed()
    .replaceAll(UNSEEN, " ")
    .replaceAll(/\[\d+\]|[<>`|{}]/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  const words = line.split(" ").slice(0, NOTE_WORDS_MAX).join(" ");
  const note = words.slice(0, CHARACTERS_MAX).toWellFormed();
  return /[\p{L}\p{N}]/u.test(note) ? note : undefined;
}

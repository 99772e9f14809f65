import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

const suggestedQuestionsSchema = z.array(z.string().min(1));
const SHOWN_MAX = 3;

/** Questions that the shipped documents answer, for the empty page; none when the file is not there. */
export async function readSuggestedQuestions(): Promise<string[]> {
  const file = path.join(process.cwd(), "docs/samples/suggested-questions.json");
  const text = await readFile(file, "utf8").catch(() => "[]");
  return suggestedQuestionsSchema.parse(JSON.parse(text)).slice(0, SHOWN_MAX);
}

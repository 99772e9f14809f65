import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const documentSchema = z.object({ _id: z.string(), text: z.string() });
const questionSchema = z.object({
  text: z.string(),
  evidence: z.array(z.object({ doc: z.string(), quote: z.string() })),
});

/** A question and the words of each document that answer it. */
export type SpanQuestion = z.infer<typeof questionSchema>;

function readLines<T>(path: string, schema: z.ZodType<T>): T[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => schema.parse(JSON.parse(line)));
}

/** The documents and questions of chunk-spans. */
export function loadSpans(data: string) {
  const folder = join(data, "chunk-spans");
  const documents = readLines(join(folder, "corpus.jsonl"), documentSchema).map(({ _id, text }) => ({
    id: _id,
    text,
  }));
  return { documents, questions: readLines(join(folder, "queries.jsonl"), questionSchema) };
}

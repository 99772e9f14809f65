import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BenchSet, loadSet } from "../builtin-answers/load-set.ts";

/** A question of a set in one language. */
export interface Question {
  readonly id: string;
  readonly text: string;
  readonly language: string;
}

/** A set with its questions in all their languages; only questions with judgements. */
export interface RetrievalSet extends Omit<BenchSet, "queries"> {
  readonly questions: readonly Question[];
}

/** Reads a set and the translations of its questions (`queries.de.jsonl` and the like), which share its judgements. */
export function loadRetrievalSet(dataDirectory: string, name: string): RetrievalSet {
  const { queries, ...set } = loadSet(dataDirectory, name);
  const directory = join(dataDirectory, name);
  const translated = existsSync(directory)
    ? readdirSync(directory).flatMap((file) => {
        const language = /^queries\.([a-z]{2})\.jsonl$/.exec(file)?.[1];
        if (language === undefined) return [];
        return readFileSync(join(directory, file), "utf8")
          .split("\n")
          .filter((line) => line.trim() !== "")
          .map((line): Question => {
            const row = JSON.parse(line) as { _id: string; text: string };
            return { id: row._id, text: row.text, language };
          });
      })
    : [];
  const own = queries.map(({ id, text }): Question => ({ id, text, language: "en" }));
  return { ...set, questions: [...own, ...translated].filter(({ id }) => set.grades.has(id)) };
}

/**
 * Which half of a set a question belongs to: settings were chosen on `tuning` alone. FNV-1a of the id, so that the
 * translations of a question share its half.
 */
export function halfOf({ id }: Question): "tuning" | "held-out" {
  let hash = 2166136261;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 16777619);
  return ((hash ^ (hash >>> 15)) >>> 0) % 2 === 1 ? "tuning" : "held-out";
}

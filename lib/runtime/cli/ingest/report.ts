import type { Outcome } from "./sync-files.ts";

/** What the command says while it works and in the end. */
export interface Report {
  /** A document came in, or is settled. */
  tell(outcome: Outcome): void;
  say(line: string): void;
  progress(done: number, total: number): void;
  summary(collectionId: string, outcomes: readonly Outcome[], leftOut: number): void;
}

/** Failures shown at the end; all of them are in the lines above and in the JSON. */
const FAILURES_SHOWN = 20;

/** Lines for a person; how far it is goes to standard error when that is a terminal. */
export function reportForPeople(): Report {
  const say = (line: string) => console.log(line.replace(/\p{Cc}/gu, " "));
  const isTerminal = process.stderr.isTTY;
  return {
    say,
    tell: (outcome) => say(`${outcome.path}: ${inWords(outcome)}`),
    progress: (done, total) => {
      if (isTerminal) process.stderr.write(`\r${done} of ${total} files sent${done === total ? "\n" : ""}`);
    },
    summary: (_collectionId, outcomes, leftOut) => {
      const failed = outcomes.filter(({ state }) => state === "failed" || state === "cancelled");
      const left = leftOut === 0 ? "" : ` ${leftOut} files of other kinds left out.`;
      say(`${outcomes.length - failed.length} of ${outcomes.length} documents are as they should be.${left}`);
      if (failed.length === 0) return;
      say(`${failed.length} failed:`);
      for (const { path, error } of failed.slice(0, FAILURES_SHOWN)) say(`  ${path}: ${error ?? ""}`);
      if (failed.length > FAILURES_SHOWN) say(`  and ${failed.length - FAILURES_SHOWN} more`);
    },
  };
}

function inWords({ change, state, error }: Outcome): string {
  if (change === "deleted") return "deleted: the file is gone";
  if (change === "kept") return "the file is gone; the document is kept (--delete removes it)";
  if (error !== null) return `${state}. ${error}`;
  return change === "unchanged" ? state : `${change}, ${state}`;
}

/** One JSON document at the end; while a folder is watched, one a line for each change. */
export function reportForPrograms(isWatching: boolean): Report {
  return {
    say: () => {},
    tell: (outcome) => {
      if (isWatching) console.log(JSON.stringify(outcome));
    },
    progress: () => {},
    summary: (collectionId, outcomes, leftOut) => {
      if (!isWatching) console.log(JSON.stringify({ collectionId, documents: outcomes, leftOut }));
    },
  };
}

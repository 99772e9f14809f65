import { NOT_FOUND_ANSWER, type PromptSource, parseSources } from "../../lib/shared/prompt-contract.ts";
import { splitSentences } from "../../lib/shared/sentences.ts";
import { type ScriptMessage, textOfMessage } from "./script-body.ts";

const stopWords = new Set(
  "a an and are as at be by can i me my you your if while did do does for from has have how in is it its of on or that the this to was were what when where which who why will with".split(
    " ",
  ),
);

function words(text: string): Set<string> {
  const found = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(found.filter((word) => !stopWords.has(word)));
}

/** Sentences an answer has at most, and the share of the question's words each must have. */
const SENTENCES_MAX = 3;
const SHARE_MIN = 0.4;

interface Candidate {
  readonly share: number;
  readonly text: string;
}

function findCandidates(source: PromptSource, question: ReadonlySet<string>): Candidate[] {
  // A heading claims nothing; list marks would make a list of the answer.
  const claims = splitSentences(source.text).filter(({ start }) => source.text[start] !== "#");
  return claims.map(({ start, end }) => {
    const sentence = source.text
      .slice(start, end)
      .replaceAll(/\s+/g, " ")
      .replace(/^[-*+>\s|]+/, "");
    const shared = [...words(sentence)].filter((word) => question.has(word)).length;
    const ended = /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
    return { share: shared / Math.max(1, question.size), text: `${ended} [${source.number}]` };
  });
}

/**
 * Answers a Vouch prompt: the sentences of the sources that share most words with the last question, each with the
 * number of its source after it; the not-found sentence when the best shares too few.
 */
export function answerPrompt(messages: readonly ScriptMessage[]): string {
  const system = messages.filter(({ role }) => role === "system").at(-1);
  const asked = textOfMessage(messages.filter(({ role }) => role === "user").at(-1));
  const question = words(asked.replaceAll(/take your time/gi, ""));
  const best = parseSources(textOfMessage(system))
    .flatMap((source) => findCandidates(source, question))
    .filter(({ share }) => share >= SHARE_MIN)
    .toSorted((left, right) => right.share - left.share)
    .slice(0, SENTENCES_MAX);
  if (best.length === 0) return NOT_FOUND_ANSWER;
  return best.map(({ text }) => text).join(" ");
}

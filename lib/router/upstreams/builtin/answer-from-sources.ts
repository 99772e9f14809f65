import { NOT_FOUND_ANSWER } from "../../../shared/prompt-contract.ts";
import { dropAside } from "./answer/drop-aside.ts";
import { judgeAnswerable, refusalThreshold } from "./answer/judge-answerable.ts";
import { type BuiltinMessage, readMessages } from "./answer/read-messages.ts";
import { readQuestion } from "./answer/read-question.ts";
import { scoreUnits } from "./answer/score-units.ts";
import { arrangeUnits, chooseOverview, chooseUnits, rankCandidates } from "./answer/select-units.ts";
import { type CitedSentence, citeUnits, writeAnswer } from "./answer/write-answer.ts";

/** What the extractive model has to say. */
export interface ExtractiveAnswer {
  readonly outcome: "answered" | "not_found" | "no_sources";
  /** Markdown with markers `[n]`; the refusal sentence when there is no answer. */
  readonly text: string;
  readonly sentences: readonly CitedSentence[];
  /** 0-1: how sure it is that the sources hold the answer, whichever way it decided. */
  readonly confidence: number;
}

/** Said when a plain client sends a question and nothing to quote from. */
export const NO_SOURCES_ANSWER =
  "This built-in model only quotes text it is given, and this request holds none besides the question.";

/** The likeliest unit is not always the one that shows best that the topic is there at all. */
const judgedCandidates = 3;

function refuse(confidence: number): ExtractiveAnswer {
  return { outcome: "not_found", text: NOT_FOUND_ANSWER, sentences: [], confidence };
}

/**
 * Answers the last user message with sentences taken verbatim from the sources in the system message, each followed
 * by its marker, or refuses with `NOT_FOUND_ANSWER` when the best of them is not convincing. Pure: equal messages
 * give equal answers.
 */
export function answerFromSources(messages: readonly BuiltinMessage[]): ExtractiveAnswer {
  const { question: asked, sources, hasMarkers } = readMessages(messages);
  if (sources.length === 0) {
    const isRefusal = messages.some((message) => message.role === "system" || message.role === "developer");
    // A system message without sources is what an empty retrieval looks like.
    return isRefusal
      ? refuse(0)
      : { outcome: "no_sources", text: NO_SOURCES_ANSWER, sentences: [], confidence: 0 };
  }
  const question = dropAside(readQuestion(asked), sources);
  const candidates = scoreUnits(question, sources);
  if (question.wantsOverview && question.terms.length === 0) {
    const leads = citeUnits(chooseOverview(candidates), hasMarkers);
    if (leads.length > 0)
      return { outcome: "answered", text: writeAnswer(leads), sentences: leads, confidence: 0.5 };
  }
  const ranked = rankCandidates(question, candidates);
  const [best] = ranked;
  if (best === undefined || question.terms.length === 0) return refuse(0);
  const confidence = Math.max(
    ...ranked
      .slice(0, judgedCandidates)
      .map((candidate) => judgeAnswerable(candidate, question.terms.length)),
  );
  if (confidence < refusalThreshold) return refuse(confidence);
  const units = arrangeUnits(question, chooseUnits(question, ranked), candidates);
  const sentences = citeUnits(units, hasMarkers);
  return { outcome: "answered", text: writeAnswer(sentences), sentences, confidence };
}

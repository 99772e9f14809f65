import { answerQuestion } from "../chat/index.ts";
import { getDocumentText } from "../knowledge/index.ts";
import { AppError } from "../shared/errors.ts";
import type { AnswerDeps } from "./answer-deps.ts";
import { type RunDeps, realClock } from "./execute-run.ts";

const answerThroughChat: AnswerDeps["answerQuestion"] = async (principal, request, options) => {
  const { collectionIds, ...rest } = request;
  const answer = await answerQuestion(
    principal,
    { ...rest, ...(collectionIds === undefined ? {} : { collectionIds }) },
    options,
  );
  const { check, retrieval, usage } = answer;
  if (check === null || retrieval === null || usage === null) throw new AppError("stream_interrupted");
  return { ...answer, check, retrieval, usage };
};

/** The system itself: questions go the way a person's question goes. */
export const systemDeps: RunDeps = { answerQuestion: answerThroughChat, getDocumentText, ...realClock };

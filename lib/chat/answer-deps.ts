import { findPageStarts, search, supportingSpan } from "../knowledge/index.ts";
import { splitSentences } from "../shared/sentences.ts";
import type { AnswerDeps } from "./produce-answer.ts";
import { completeModel, streamModel } from "./stream-model.ts";

/** The real outside of the answer pipeline. */
export function answerDeps(): AnswerDeps {
  return {
    search: (principal, request, signal) => search(principal, request, { signal }),
    claimChecker: async (principal, sources) => {
      const paged = sources.filter((source) => source.page !== null);
      const pageStarts = await findPageStarts(principal, [
        ...new Set(paged.map((source) => source.versionId)),
      ]);
      return {
        findSupport: supportingSpan,
        splitSentences,
        pageOf: (source, offset) => {
          // Passages may run over a page's end: the page of the quote counts, not the passage's first.
          const page = pageStarts.get(source.versionId)?.findLast((entry) => entry.start <= offset);
          return source.page === null ? null : (page?.page ?? source.page);
        },
      };
    },
    streamModel,
    completeModel,
    nowMs: () => performance.now(),
  };
}

import type { Principal } from "../identity/schema.ts";
import { expandPassages, findPageStarts, search, supportingSpan } from "../knowledge/index.ts";
import { environment } from "../platform/env.ts";
import { findUsageByRequestId, flushUsage } from "../router/index.ts";
import { splitSentences } from "../shared/sentences.ts";
import type { AnswerDeps, CallUsage } from "./answer-contract.ts";
import { completeModel, streamModel } from "./stream-model.ts";

/** How long the end of an answer waits for its bill to be written. */
const BILL_MS = 500;

async function findUsage(principal: Principal, requestIds: readonly string[]): Promise<CallUsage | null> {
  if (environment().MODEL_ROUTE === "direct") return null;
  // The router of this process answered; its rows may still wait to be written together.
  await flushUsage(BILL_MS);
  const found = await Promise.all(requestIds.map((requestId) => findUsageByRequestId(principal, requestId)));
  if (found[0] === null) return null;
  return found
    .filter((usage) => usage !== null)
    .reduce<CallUsage>(
      (sum, { costMicros, attemptIds }) => ({
        costMicros: sum.costMicros === null || costMicros === null ? null : sum.costMicros + costMicros,
        attempts: sum.attempts + attemptIds.length,
      }),
      { costMicros: 0, attempts: 0 },
    );
}

/** The real outside of the answer pipeline. */
export function answerDeps(): AnswerDeps {
  return {
    search: (principal, request, signal) => search(principal, request, { signal }),
    expandPassages,
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
    findUsage,
    nowMs: () => performance.now(),
  };
}

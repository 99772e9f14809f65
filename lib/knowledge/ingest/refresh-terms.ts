import { SEARCH_TERMS_VERSION, searchTerms } from "../../shared/text/search-terms.ts";
import { indexedText } from "../chunk/chunk-text.ts";
import { contentKey } from "../queries/chunks.ts";
import { findStaleChunks, storeTerms } from "../queries/stale-terms.ts";

/** Few enough for a short statement, index included. */
const BATCH = 24;

/** Analyses passages anew until none is left that another analysis made terms of, or the signal ends it. */
export async function refreshTerms(signal: AbortSignal): Promise<number> {
  let refreshed = 0;
  while (!signal.aborted) {
    const stale = await findStaleChunks(SEARCH_TERMS_VERSION, BATCH);
    if (stale.length === 0) break;
    const fresh = stale.map(({ id, title, headingPath, context, note, text }) => {
      const indexed = indexedText(title, { headingPath, context, note, text });
      const bare = indexedText(title, { headingPath, context, text });
      return { id, searchTerms: searchTerms(indexed), contentKey: contentKey(bare, headingPath, text) };
    });
    await storeTerms(SEARCH_TERMS_VERSION, fresh);
    refreshed += fresh.length;
  }
  return refreshed;
}

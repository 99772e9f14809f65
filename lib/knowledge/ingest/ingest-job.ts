import { z } from "zod";
import { defineJob } from "../../jobs/index.ts";
import { AppError } from "../../shared/errors.ts";
import { deleteExpiredPasswords } from "../queries/document-passwords.ts";
import { findAbandonedBuildings, findHalfDeleted, isAtRest } from "../queries/documents.ts";
import { discardBuilding } from "../queries/ingestion.ts";
import { finishRemoval } from "../remove-document.ts";
import { refreshTerms } from "./refresh-terms.ts";

/** A deletion that nothing has touched for so long was interrupted. */
const INTERRUPTED_SECONDS = 60;

/**
 * Every minute: finishes deletions whose process died, removes versions that cancelled readings left unfinished, and
 * passwords whose hour is over, and analyses passages anew whose terms another release made.
 */
export const tidyDocumentsJob = defineJob({
  name: "tidy-documents",
  schema: z.object({}),
  handler: async (_payload, { signal }) => {
    await deleteExpiredPasswords();
    for (const { orgId, id } of await findHalfDeleted(INTERRUPTED_SECONDS)) {
      if (signal.aborted) throw new AppError("unavailable");
      await finishRemoval({ orgId }, id);
    }
    for (const { orgId, documentId, versionId } of await findAbandonedBuildings()) {
      if (signal.aborted) throw new AppError("unavailable");
      const scope = { orgId };
      await discardBuilding(scope, { documentId, versionId }, (transaction) =>
        isAtRest(transaction, scope, documentId),
      );
    }
    await refreshTerms(signal);
  },
  retryLimit: 0,
  expireSeconds: 3_600,
  concurrency: 1,
  cron: "* * * * *",
});

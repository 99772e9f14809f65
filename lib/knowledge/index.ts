export { addDocument, addTextDocument } from "./add-document.ts";
export { changeDocuments } from "./change-documents.ts";
export { findOutdatedSpans } from "./cite/find-outdated-spans.ts";
export { supportingSpan } from "./cite/supporting-span.ts";
export {
  findAccessCandidates,
  getCollectionAccess,
  removeCollectionAccess,
  setCollectionAccess,
} from "./collection-access.ts";
export {
  createCollection,
  deleteCollection,
  ensurePersonalCollection,
  getCollection,
  listCollections,
  updateCollection,
} from "./collections.ts";
export { getDocumentIndex, getDocumentIndexPage } from "./document-index.ts";
export { enterDocumentPassword } from "./document-passwords.ts";
export {
  deleteDocument,
  findPageStarts,
  getDocument,
  getDocumentPage,
  getDocumentText,
  openDocumentContent,
} from "./documents.ts";
export { describeVectorSpaces } from "./embed/describe-spaces.ts";
export { checkVectorSpacesJob, reembedJob } from "./embed/reembed-job.ts";
export { tidyDocumentsJob } from "./ingest/ingest-job.ts";
export { getOfflineSchedule, updateOfflineSchedule } from "./ingest/offline-schedule.ts";
export { workOnDocuments } from "./ingest/work-on-documents.ts";
export { getCollectionStatus, listDocuments } from "./list-documents.ts";
export { expandPassages } from "./neighbours/expand-passages.ts";
export { findCitedDocuments } from "./queries/cited-versions.ts";
export { receiveUpload } from "./receive-upload.ts";
export { search } from "./search/search.ts";
export { keywordEngine } from "./search/search-context.ts";
export { warmUpSearch } from "./search/warm-up.ts";
export { seedSamples } from "./seed-samples.ts";
export { addUrlDocument } from "./sources/add-url.ts";
export { folderIdentity, pathOfUri } from "./sources/folder-identity.ts";
export { followSourceJob, refreshSourcesJob } from "./sources/follow-job.ts";
export { listSources, refreshDocument, refreshSource, unfollowSource } from "./sources/manage-sources.ts";
export {
  cancelDocument,
  rereadCollection,
  retryDocument,
  retryFailedDocuments,
} from "./steer-documents.ts";

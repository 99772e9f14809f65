export { addDocument, addTextDocument } from "./add-document.ts";
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
export {
  deleteDocument,
  findPageStarts,
  getDocument,
  getDocumentPage,
  getDocumentText,
  openDocumentContent,
  retryDocument,
} from "./documents.ts";
export { ingestDocumentJob, recoverDocumentsJob } from "./ingest/ingest-job.ts";
export { getCollectionStatus, listDocuments } from "./list-documents.ts";
export { findCitedDocuments } from "./queries/cited-versions.ts";
export { receiveUpload } from "./receive-upload.ts";
export { search } from "./search/search.ts";
export { keywordEngine } from "./search/search-context.ts";
export { seedSamples } from "./seed-samples.ts";

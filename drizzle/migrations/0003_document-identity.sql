-- The same bytes in one collection are one document, however many uploads of it arrive at once.
CREATE UNIQUE INDEX document_content ON document (org_id, collection_id, content_hash);
--> statement-breakpoint
-- The same bytes read by the same parser are one version: an interrupted ingestion finds its own again.
CREATE UNIQUE INDEX document_version_source ON document_version (org_id, document_id, content_hash, parser);

-- Copies of the words know the titles of their documents, too: a title that changes is noted where they look (decision 033).
ALTER TABLE "chunk_removal" ALTER COLUMN "chunk_seq" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "chunk_removal" ADD COLUMN "retitled_document_id" uuid;--> statement-breakpoint
CREATE FUNCTION note_new_title() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO chunk_removal (org_id, retitled_document_id) VALUES (NEW.org_id, NEW.id);
  IF random() < 0.005 THEN
    DELETE FROM chunk_removal WHERE removed_at < now() - interval '1 hour';
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER document_retitled AFTER UPDATE OF "title" ON "document"
	FOR EACH ROW WHEN (OLD.title IS DISTINCT FROM NEW.title) EXECUTE FUNCTION note_new_title();
--> statement-breakpoint
-- No plan asks what stands in these columns, and looking at samples of them was most of what ANALYZE took: 100 to 230 ms,
-- in which an embedded database serves nobody.
ALTER TABLE "chunk" ALTER COLUMN "text" SET STATISTICS 0, ALTER COLUMN "search_terms" SET STATISTICS 0,
	ALTER COLUMN "context" SET STATISTICS 0, ALTER COLUMN "note" SET STATISTICS 0, ALTER COLUMN "heading_path" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "chunk_vector" ALTER COLUMN "embedding" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "document_version" ALTER COLUMN "text" SET STATISTICS 0;

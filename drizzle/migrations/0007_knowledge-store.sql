-- Versions keep the passages they share, vectors stand by themselves, and a document is its own place in the queue.
ALTER TABLE "collection" ADD COLUMN "settings" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "collection" ADD COLUMN "vector_space" text;--> statement-breakpoint
ALTER TABLE "document"
	ADD COLUMN "source_kind" text DEFAULT 'upload' NOT NULL,
	ADD COLUMN "source_uri" text,
	ADD COLUMN "etag" text,
	ADD COLUMN "last_modified" text,
	ADD COLUMN "fetched_at" timestamp with time zone,
	ADD COLUMN "source_id" uuid,
	ADD COLUMN "priority" text DEFAULT 'online' NOT NULL,
	ADD COLUMN "is_paused" boolean DEFAULT false NOT NULL,
	ADD COLUMN "queued_at" timestamp with time zone DEFAULT now() NOT NULL,
	ADD COLUMN "run_after" timestamp with time zone,
	ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL,
	ADD COLUMN "claim_id" uuid,
	ADD COLUMN "claim_expires_at" timestamp with time zone,
	ADD COLUMN "cancel_requested_at" timestamp with time zone;--> statement-breakpoint
-- Pages say where a document's text stands; a version's text stays for citations after the next one took its place.
ALTER TABLE "document_page"
	ADD COLUMN "state" text DEFAULT 'text' NOT NULL,
	ADD COLUMN "label" text,
	ADD COLUMN "places" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
UPDATE "document_page" p SET "state" = 'unreadable' FROM "document_version" v
	WHERE v."id" = p."version_id" AND p."page" = ANY (v."unreadable_pages");--> statement-breakpoint
ALTER TABLE "document_version"
	ADD COLUMN "state" text DEFAULT 'superseded' NOT NULL,
	ADD COLUMN "blob_key" text;--> statement-breakpoint
ALTER TABLE "document_version" ALTER COLUMN "state" DROP DEFAULT;--> statement-breakpoint
UPDATE "document_version" v SET "state" = 'active', "blob_key" = d."blob_key" FROM "document" d
	WHERE d."active_version_id" = v."id";--> statement-breakpoint
-- What an interrupted reading left is read again from the start.
DELETE FROM "document_version" v USING "document" d
	WHERE d."id" = v."document_id" AND d."active_version_id" IS NULL;--> statement-breakpoint
UPDATE "document" SET "state" = 'queued', "progress" = 0 WHERE "state" IN ('parsing', 'indexing');--> statement-breakpoint
DROP INDEX IF EXISTS "chunk_bm25", "chunk_fulltext", "document_content", "document_version_source";--> statement-breakpoint
DELETE FROM "chunk" c USING "document" d
	WHERE d."id" = c."document_id" AND d."active_version_id" IS DISTINCT FROM c."version_id";--> statement-breakpoint
CREATE TABLE "chunk_place" (
	"version_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"org_id" uuid NOT NULL,
	"chunk_id" uuid NOT NULL,
	"start" integer NOT NULL,
	"end" integer NOT NULL,
	"page" integer,
	CONSTRAINT "chunk_place_version_id_ordinal_pk" PRIMARY KEY("version_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "chunk_vector" (
	"chunk_id" uuid NOT NULL,
	"vector_space" text NOT NULL,
	"org_id" uuid NOT NULL,
	"collection_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"retired_by" uuid,
	"cell" smallint DEFAULT 0 NOT NULL,
	"embedding" vector NOT NULL,
	CONSTRAINT "chunk_vector_chunk_id_vector_space_pk" PRIMARY KEY("chunk_id","vector_space")
);
--> statement-breakpoint
CREATE TABLE "vector_space" (
	"name" text PRIMARY KEY NOT NULL,
	"dimensions" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "offline_schedule" (
	"org_id" uuid PRIMARY KEY NOT NULL,
	"is_paused" boolean DEFAULT false NOT NULL,
	"hours" jsonb,
	"updated_by" uuid,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "source" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"collection_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"uri" text NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"refresh" text DEFAULT 'daily' NOT NULL,
	"state" text NOT NULL,
	"error_code" text,
	"state_detail" text,
	"counts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"last_run_at" timestamp with time zone,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "source_org_id_id_unique" UNIQUE("org_id","id")
);
--> statement-breakpoint
INSERT INTO "chunk_place" SELECT "version_id", "ordinal", "org_id", "id", "start", "end", "page" FROM "chunk";--> statement-breakpoint
INSERT INTO "chunk_vector" ("chunk_id", "vector_space", "org_id", "collection_id", "document_id", "version_id", "embedding")
	SELECT "id", "vector_space", "org_id", "collection_id", "document_id", "version_id", "embedding" FROM "chunk";--> statement-breakpoint
INSERT INTO "vector_space" ("name", "dimensions")
	SELECT "vector_space", max(vector_dims("embedding")) FROM "chunk_vector" GROUP BY "vector_space";--> statement-breakpoint
-- Until the background has analysed them anew (terms_version 0), old passages are found by their words as written.
ALTER TABLE "chunk"
	ADD COLUMN "retired_by" uuid,
	ADD COLUMN "content_key" uuid DEFAULT '00000000-0000-0000-0000-000000000000' NOT NULL,
	ADD COLUMN "context" text,
	ADD COLUMN "search_terms" text DEFAULT '' NOT NULL,
	ADD COLUMN "terms_version" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE "chunk" SET "search_terms" = lower("indexed_text");--> statement-breakpoint
-- The partial HNSW indexes of each vector space go with the column.
ALTER TABLE "chunk"
	ALTER COLUMN "content_key" DROP DEFAULT,
	ALTER COLUMN "search_terms" DROP DEFAULT,
	ALTER COLUMN "terms_version" DROP DEFAULT,
	DROP COLUMN "ordinal",
	DROP COLUMN "start",
	DROP COLUMN "end",
	DROP COLUMN "page",
	DROP COLUMN "indexed_text",
	DROP COLUMN "vector_space",
	DROP COLUMN "embedding";--> statement-breakpoint
-- Room for the one update a passage sees, so that it leaves the indexes alone.
ALTER TABLE "chunk" SET (fillfactor = 90);--> statement-breakpoint
ALTER TABLE "document" SET (fillfactor = 75);--> statement-breakpoint
ALTER TABLE "chunk_place" ADD CONSTRAINT "chunk_place_chunk_id_chunk_id_fk" FOREIGN KEY ("chunk_id") REFERENCES "public"."chunk"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunk_vector" ADD CONSTRAINT "chunk_vector_chunk_id_chunk_id_fk" FOREIGN KEY ("chunk_id") REFERENCES "public"."chunk"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "offline_schedule" ADD CONSTRAINT "offline_schedule_org_id_organisation_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisation"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "source" ADD CONSTRAINT "source_org_id_collection_id_collection_org_id_id_fk" FOREIGN KEY ("org_id","collection_id") REFERENCES "public"."collection"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "document_title" ON "document" USING btree ("org_id","collection_id","title");--> statement-breakpoint
CREATE UNIQUE INDEX "document_content" ON "document" USING btree ("org_id","collection_id","content_hash") WHERE source_uri is null;--> statement-breakpoint
CREATE UNIQUE INDEX "document_source" ON "document" USING btree ("org_id","collection_id","source_uri") WHERE source_uri is not null;--> statement-breakpoint
CREATE INDEX "document_queue" ON "document" USING btree ("priority","org_id","queued_at") WHERE state in ('queued', 'parsing', 'ocr', 'indexing');--> statement-breakpoint
CREATE INDEX "document_by_source" ON "document" USING btree ("org_id","source_id") WHERE source_id is not null;--> statement-breakpoint
CREATE INDEX "document_deleting" ON "document" USING btree ("org_id","id") WHERE state = 'deleting';--> statement-breakpoint
CREATE UNIQUE INDEX "document_version_active" ON "document_version" USING btree ("document_id") WHERE state = 'active';--> statement-breakpoint
CREATE UNIQUE INDEX "document_version_building" ON "document_version" USING btree ("org_id","document_id") WHERE state = 'building';--> statement-breakpoint
CREATE INDEX "chunk_terms_version" ON "chunk" USING btree ("terms_version");--> statement-breakpoint
CREATE INDEX "chunk_place_chunk" ON "chunk_place" USING btree ("chunk_id");--> statement-breakpoint
CREATE INDEX "chunk_vector_cell" ON "chunk_vector" USING btree ("org_id","vector_space","cell");--> statement-breakpoint
CREATE INDEX "audit_event_collection" ON "audit_event" USING btree ("org_id","subject_id","sequence") WHERE subject_type = 'collection';--> statement-breakpoint
CREATE UNIQUE INDEX "source_uri" ON "source" USING btree ("org_id","collection_id","uri");--> statement-breakpoint
DO $$
DECLARE tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['chunk_place', 'chunk_vector', 'offline_schedule', 'source'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY "tenant" ON %I AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting(''app.org'', true), '''')::uuid)) WITH CHECK (org_id = (select nullif(current_setting(''app.org'', true), '''')::uuid))', tenant_table);
    EXECUTE format('CREATE POLICY "system" ON %I AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true)', tenant_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO vouch_app, vouch_system', tenant_table);
  END LOOP;
END
$$;
--> statement-breakpoint
GRANT SELECT ON "vector_space" TO vouch_app;--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON "vector_space" TO vouch_system;--> statement-breakpoint
-- The terms are our own analysis: PostgreSQL's has nothing left to do.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_textsearch') THEN
    EXECUTE 'CREATE INDEX chunk_bm25 ON chunk USING bm25 (search_terms) WITH (text_config = ''simple'', k1 = 1.2, b = 0.75)';
  ELSE
    EXECUTE 'CREATE INDEX chunk_fulltext ON chunk USING gin (to_tsvector(''simple'', search_terms))';
  END IF;
END
$$;

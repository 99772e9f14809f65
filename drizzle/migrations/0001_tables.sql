CREATE TABLE "citation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"marker" integer NOT NULL,
	"document_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"page" integer,
	"start" integer NOT NULL,
	"end" integer NOT NULL,
	"quote" text NOT NULL,
	"verdict" text NOT NULL,
	"score" real NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "citation" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "conversation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"owner_id" uuid NOT NULL,
	"title" text NOT NULL,
	"collection_ids" uuid[] DEFAULT '{}' NOT NULL,
	"active_leaf_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "conversation_org_id_id_unique" UNIQUE("org_id","id")
);
--> statement-breakpoint
ALTER TABLE "conversation" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "generation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"requested_by" uuid NOT NULL,
	"idempotency_key" text NOT NULL,
	"state" text NOT NULL,
	"model" text NOT NULL,
	"instance_id" text NOT NULL,
	"heartbeat_at" timestamp with time zone DEFAULT now() NOT NULL,
	"stop_requested_at" timestamp with time zone,
	"error_code" text,
	"retrieval" jsonb,
	"timings" jsonb,
	"router_request_id" text,
	"usage" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "generation_org_id_id_unique" UNIQUE("org_id","id")
);
--> statement-breakpoint
ALTER TABLE "generation" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "generation_event" (
	"org_id" uuid NOT NULL,
	"generation_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"chunks" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "generation_event_generation_id_sequence_pk" PRIMARY KEY("generation_id","sequence")
);
--> statement-breakpoint
ALTER TABLE "generation_event" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "message" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"parent_id" uuid,
	"role" text NOT NULL,
	"parts" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "message_org_id_id_unique" UNIQUE("org_id","id")
);
--> statement-breakpoint
ALTER TABLE "message" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "share" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"created_by" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"mode" text NOT NULL,
	"snapshot" jsonb NOT NULL,
	"includes_sources" boolean NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "share" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "dataset" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"is_sample" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "dataset_org_id_id_unique" UNIQUE("org_id","id"),
	CONSTRAINT "dataset_org_id_name_unique" UNIQUE("org_id","name")
);
--> statement-breakpoint
ALTER TABLE "dataset" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "dataset_item" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"dataset_id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"ordinal" integer NOT NULL,
	"question" text NOT NULL,
	"answer" text,
	"answerable" boolean NOT NULL,
	"tags" text[] NOT NULL,
	"expected_sources" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "dataset_item_org_id_id_unique" UNIQUE("org_id","id"),
	CONSTRAINT "dataset_item_dataset_id_external_id_unique" UNIQUE("dataset_id","external_id")
);
--> statement-breakpoint
ALTER TABLE "dataset_item" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "run" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"dataset_id" uuid NOT NULL,
	"dataset_version" integer NOT NULL,
	"state" text NOT NULL,
	"configuration" jsonb NOT NULL,
	"model" text NOT NULL,
	"embedder" text NOT NULL,
	"commit" text NOT NULL,
	"item_count" integer NOT NULL,
	"items_done" integer DEFAULT 0 NOT NULL,
	"summary" jsonb,
	"error_code" text,
	"created_by" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	CONSTRAINT "run_org_id_id_unique" UNIQUE("org_id","id")
);
--> statement-breakpoint
ALTER TABLE "run" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "run_item" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"ordinal" integer NOT NULL,
	"question" text NOT NULL,
	"answer" text NOT NULL,
	"trace" jsonb NOT NULL,
	"error_code" text,
	"latency_ms" real NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "run_item_org_id_id_unique" UNIQUE("org_id","id"),
	CONSTRAINT "run_item_run_id_external_id_unique" UNIQUE("run_id","external_id")
);
--> statement-breakpoint
ALTER TABLE "run_item" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "score" (
	"org_id" uuid NOT NULL,
	"run_item_id" uuid NOT NULL,
	"metric" text NOT NULL,
	"value" double precision NOT NULL,
	CONSTRAINT "score_run_item_id_metric_pk" PRIMARY KEY("run_item_id","metric")
);
--> statement-breakpoint
ALTER TABLE "score" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "api_key" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"prefix" text NOT NULL,
	"role" text NOT NULL,
	"scopes" text[] DEFAULT '{}' NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "api_key" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "audit_event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"sequence" bigint NOT NULL,
	"actor_id" uuid,
	"action" text NOT NULL,
	"subject_type" text NOT NULL,
	"subject_id" text,
	"detail" jsonb NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "audit_event_org_id_sequence_unique" UNIQUE("org_id","sequence")
);
--> statement-breakpoint
ALTER TABLE "audit_event" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "membership" (
	"org_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "membership_org_id_user_id_pk" PRIMARY KEY("org_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "membership" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "organisation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text,
	"name" text NOT NULL,
	"password_hash" text,
	"is_guest" boolean DEFAULT false NOT NULL,
	"session_version" integer DEFAULT 1 NOT NULL,
	"disabled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chunk" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"collection_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"start" integer NOT NULL,
	"end" integer NOT NULL,
	"page" integer,
	"heading_path" text[] NOT NULL,
	"text" text NOT NULL,
	"indexed_text" text NOT NULL,
	"vector_space" text NOT NULL,
	"embedding" vector NOT NULL,
	CONSTRAINT "chunk_version_id_ordinal_unique" UNIQUE("version_id","ordinal")
);
--> statement-breakpoint
ALTER TABLE "chunk" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "collection" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"visibility" text NOT NULL,
	"owner_id" uuid,
	"is_sample" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "collection_org_id_id_unique" UNIQUE("org_id","id")
);
--> statement-breakpoint
ALTER TABLE "collection" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "collection_access" (
	"org_id" uuid NOT NULL,
	"collection_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"level" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "collection_access_collection_id_user_id_pk" PRIMARY KEY("collection_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "collection_access" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "document" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"collection_id" uuid NOT NULL,
	"title" text NOT NULL,
	"file_name" text NOT NULL,
	"media_type" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"content_hash" text NOT NULL,
	"blob_key" text NOT NULL,
	"state" text NOT NULL,
	"error_code" text,
	"state_detail" text,
	"progress" real DEFAULT 0 NOT NULL,
	"page_count" integer,
	"active_version_id" uuid,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "document_org_id_id_unique" UNIQUE("org_id","id")
);
--> statement-breakpoint
ALTER TABLE "document" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "document_page" (
	"org_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"page" integer NOT NULL,
	"start" integer NOT NULL,
	"end" integer NOT NULL,
	"width" real,
	"height" real,
	"runs" jsonb NOT NULL,
	CONSTRAINT "document_page_version_id_page_pk" PRIMARY KEY("version_id","page")
);
--> statement-breakpoint
ALTER TABLE "document_page" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "document_version" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"content_hash" text NOT NULL,
	"parser" text NOT NULL,
	"text" text NOT NULL,
	"page_count" integer NOT NULL,
	"unreadable_pages" integer[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "document_version_org_id_id_unique" UNIQUE("org_id","id")
);
--> statement-breakpoint
ALTER TABLE "document_version" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "usage_attempt" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"api_key_id" uuid,
	"request_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"endpoint" text NOT NULL,
	"model" text NOT NULL,
	"upstream" text NOT NULL,
	"upstream_model" text NOT NULL,
	"status" integer NOT NULL,
	"outcome" text NOT NULL,
	"error_code" text,
	"prompt_tokens" integer NOT NULL,
	"cached_tokens" integer DEFAULT 0 NOT NULL,
	"completion_tokens" integer NOT NULL,
	"usage_estimated" boolean NOT NULL,
	"cost_micros" bigint,
	"first_token_ms" real,
	"total_ms" real NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "usage_attempt" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "citation" ADD CONSTRAINT "citation_org_id_message_id_message_org_id_id_fk" FOREIGN KEY ("org_id","message_id") REFERENCES "public"."message"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_org_id_organisation_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisation"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "generation" ADD CONSTRAINT "generation_org_id_conversation_id_conversation_org_id_id_fk" FOREIGN KEY ("org_id","conversation_id") REFERENCES "public"."conversation"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "generation" ADD CONSTRAINT "generation_org_id_message_id_message_org_id_id_fk" FOREIGN KEY ("org_id","message_id") REFERENCES "public"."message"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "generation_event" ADD CONSTRAINT "generation_event_org_id_generation_id_generation_org_id_id_fk" FOREIGN KEY ("org_id","generation_id") REFERENCES "public"."generation"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message" ADD CONSTRAINT "message_org_id_conversation_id_conversation_org_id_id_fk" FOREIGN KEY ("org_id","conversation_id") REFERENCES "public"."conversation"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share" ADD CONSTRAINT "share_org_id_conversation_id_conversation_org_id_id_fk" FOREIGN KEY ("org_id","conversation_id") REFERENCES "public"."conversation"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dataset" ADD CONSTRAINT "dataset_org_id_organisation_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisation"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dataset_item" ADD CONSTRAINT "dataset_item_org_id_dataset_id_dataset_org_id_id_fk" FOREIGN KEY ("org_id","dataset_id") REFERENCES "public"."dataset"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run" ADD CONSTRAINT "run_org_id_dataset_id_dataset_org_id_id_fk" FOREIGN KEY ("org_id","dataset_id") REFERENCES "public"."dataset"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_item" ADD CONSTRAINT "run_item_org_id_run_id_run_org_id_id_fk" FOREIGN KEY ("org_id","run_id") REFERENCES "public"."run"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "score" ADD CONSTRAINT "score_org_id_run_item_id_run_item_org_id_id_fk" FOREIGN KEY ("org_id","run_item_id") REFERENCES "public"."run_item"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_org_id_organisation_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisation"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_event" ADD CONSTRAINT "audit_event_org_id_organisation_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisation"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "membership" ADD CONSTRAINT "membership_org_id_organisation_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisation"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunk" ADD CONSTRAINT "chunk_org_id_version_id_document_version_org_id_id_fk" FOREIGN KEY ("org_id","version_id") REFERENCES "public"."document_version"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collection" ADD CONSTRAINT "collection_org_id_organisation_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisation"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collection_access" ADD CONSTRAINT "collection_access_org_id_collection_id_collection_org_id_id_fk" FOREIGN KEY ("org_id","collection_id") REFERENCES "public"."collection"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document" ADD CONSTRAINT "document_org_id_collection_id_collection_org_id_id_fk" FOREIGN KEY ("org_id","collection_id") REFERENCES "public"."collection"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_page" ADD CONSTRAINT "document_page_org_id_version_id_document_version_org_id_id_fk" FOREIGN KEY ("org_id","version_id") REFERENCES "public"."document_version"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_version" ADD CONSTRAINT "document_version_org_id_document_id_document_org_id_id_fk" FOREIGN KEY ("org_id","document_id") REFERENCES "public"."document"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "citation_marker" ON "citation" USING btree ("message_id","marker");--> statement-breakpoint
CREATE INDEX "citation_document" ON "citation" USING btree ("org_id","document_id");--> statement-breakpoint
CREATE INDEX "conversation_owner" ON "conversation" USING btree ("org_id","owner_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "generation_idempotency" ON "generation" USING btree ("org_id","requested_by","idempotency_key");--> statement-breakpoint
CREATE UNIQUE INDEX "generation_running" ON "generation" USING btree ("conversation_id") WHERE state in ('queued', 'streaming');--> statement-breakpoint
CREATE INDEX "generation_heartbeat" ON "generation" USING btree ("heartbeat_at") WHERE state in ('queued', 'streaming');--> statement-breakpoint
CREATE INDEX "message_conversation" ON "message" USING btree ("org_id","conversation_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "share_token" ON "share" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "share_creator" ON "share" USING btree ("org_id","created_by");--> statement-breakpoint
CREATE INDEX "run_dataset" ON "run" USING btree ("org_id","dataset_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "api_key_hash" ON "api_key" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "audit_event_created" ON "audit_event" USING btree ("org_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "user_email" ON "user" USING btree ("email") WHERE email is not null;--> statement-breakpoint
CREATE INDEX "chunk_document" ON "chunk" USING btree ("org_id","document_id");--> statement-breakpoint
CREATE INDEX "chunk_collection" ON "chunk" USING btree ("org_id","collection_id");--> statement-breakpoint
CREATE INDEX "document_collection" ON "document" USING btree ("org_id","collection_id","created_at");--> statement-breakpoint
CREATE INDEX "document_version_document" ON "document_version" USING btree ("org_id","document_id");--> statement-breakpoint
CREATE INDEX "usage_attempt_org" ON "usage_attempt" USING btree ("org_id","created_at");--> statement-breakpoint
CREATE INDEX "usage_attempt_request" ON "usage_attempt" USING btree ("org_id","request_id");--> statement-breakpoint
CREATE POLICY "tenant" ON "citation" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "citation" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "conversation" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "conversation" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "generation" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "generation" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "generation_event" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "generation_event" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "stream_append" ON "generation_event" AS PERMISSIVE FOR INSERT TO "vouch_stream" WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "stream_read" ON "generation_event" AS PERMISSIVE FOR SELECT TO "vouch_stream" USING (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "message" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "message" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "share" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "share" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "dataset" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "dataset" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "dataset_item" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "dataset_item" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "run" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "run" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "run_item" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "run_item" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "score" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "score" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "api_key" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "api_key" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "audit_event" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "audit_event" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "membership" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "membership" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "chunk" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "chunk" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "collection" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "collection" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "collection_access" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "collection_access" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "document" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "document" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "document_page" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "document_page" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "document_version" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "document_version" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "usage_attempt" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "usage_attempt" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);
-- A sentence by a model about a passage: what the indexes see of it, and what was paid for once.
CREATE TABLE "passage_note" (
	"document_id" uuid NOT NULL,
	"key" uuid NOT NULL,
	"org_id" uuid NOT NULL,
	"note" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "passage_note_document_id_key_pk" PRIMARY KEY("document_id","key")
);
--> statement-breakpoint
ALTER TABLE "passage_note" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "passage_note" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "passage_note" TO vouch_app, vouch_system;--> statement-breakpoint
ALTER TABLE "chunk" ADD COLUMN "note" text;--> statement-breakpoint
ALTER TABLE "passage_note" ADD CONSTRAINT "passage_note_org_id_document_id_document_org_id_id_fk" FOREIGN KEY ("org_id","document_id") REFERENCES "public"."document"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "tenant" ON "passage_note" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "passage_note" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);

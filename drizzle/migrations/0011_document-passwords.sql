-- Passwords of protected files, sealed, for one reading each: decision 030.
CREATE TABLE "document_password" (
	"document_id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"sealed" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "document_password" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "document_password" ADD CONSTRAINT "document_password_org_id_document_id_document_org_id_id_fk" FOREIGN KEY ("org_id","document_id") REFERENCES "public"."document"("org_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "document_password_age" ON "document_password" USING btree ("expires_at");--> statement-breakpoint
CREATE POLICY "tenant" ON "document_password" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "document_password" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
ALTER TABLE "document_password" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "document_password" TO vouch_app, vouch_system;--> statement-breakpoint
-- Whatever ends a reading (success, failure, a person, other bytes, the end of the document) takes the password along.
CREATE FUNCTION forget_document_password() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM document_password WHERE org_id = NEW.org_id AND document_id = NEW.id;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER document_reading_ended AFTER UPDATE OF state, content_hash ON "document"
	FOR EACH ROW WHEN (
		NEW.content_hash IS DISTINCT FROM OLD.content_hash
		OR (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('ready', 'failed', 'cancelled', 'deleting', 'ocr'))
	) EXECUTE FUNCTION forget_document_password();

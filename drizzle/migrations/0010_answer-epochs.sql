-- Which stored answers may still be given out: the number goes up with every removal in an organisation.
CREATE TABLE "answer_epoch" (
	"org_id" uuid PRIMARY KEY NOT NULL,
	"epoch" bigint NOT NULL,
	"raised_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "answer_epoch" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "answer_epoch" ADD CONSTRAINT "answer_epoch_org_id_organisation_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisation"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "answer_epoch_age" ON "answer_epoch" USING btree ("raised_at");--> statement-breakpoint
CREATE POLICY "tenant" ON "answer_epoch" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "answer_epoch" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
ALTER TABLE "answer_epoch" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "answer_epoch" TO vouch_app, vouch_system;

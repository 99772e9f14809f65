-- Vectors are numbered as they come and what goes is noted, so that a process that holds a copy can follow by reading
-- what is new. The cells of 0007 were never filled: decision 022.
DROP INDEX "chunk_vector_cell";--> statement-breakpoint
ALTER TABLE "chunk_vector" DROP COLUMN "cell";--> statement-breakpoint
ALTER TABLE "chunk_vector" ADD COLUMN "seq" bigint GENERATED ALWAYS AS IDENTITY NOT NULL;--> statement-breakpoint
CREATE INDEX "chunk_vector_seq" ON "chunk_vector" USING btree ("org_id","vector_space","seq");--> statement-breakpoint
CREATE INDEX "chunk_retired" ON "chunk" USING btree ("org_id","id") WHERE retired_by is not null;--> statement-breakpoint
CREATE TABLE "vector_removal" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY NOT NULL,
	"org_id" uuid NOT NULL,
	"vector_space" text NOT NULL,
	"vector_seq" bigint NOT NULL,
	"removed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "vector_removal_space" ON "vector_removal" USING btree ("org_id","vector_space","seq");--> statement-breakpoint
CREATE INDEX "vector_removal_age" ON "vector_removal" USING btree ("removed_at");--> statement-breakpoint
ALTER TABLE "vector_removal" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "vector_removal" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "tenant" ON "vector_removal" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "vector_removal" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "vector_removal" TO vouch_app, vouch_system;--> statement-breakpoint
CREATE FUNCTION note_vector_removal() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO vector_removal (org_id, vector_space, vector_seq) SELECT org_id, vector_space, seq FROM removed;
  -- Copies look every minute; now and then somebody sweeps what all have seen.
  IF random() < 0.005 THEN
    DELETE FROM vector_removal WHERE removed_at < now() - interval '1 hour';
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER chunk_vector_removed AFTER DELETE ON "chunk_vector"
	REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION note_vector_removal();

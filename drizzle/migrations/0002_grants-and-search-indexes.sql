-- The tenant role works on tenant tables only; accounts and organisations are read by the system role.
GRANT USAGE ON SCHEMA public TO vouch_app, vouch_system, vouch_stream;
--> statement-breakpoint
DO $$
DECLARE tenant_table regclass;
BEGIN
  FOR tenant_table IN
    SELECT c.oid::regclass FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
  LOOP
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO vouch_app, vouch_system', tenant_table);
  END LOOP;
END
$$;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON organisation, "user" TO vouch_system;
--> statement-breakpoint
GRANT SELECT ON organisation TO vouch_app;
--> statement-breakpoint
-- What was done stays done: tenants may add audit rows, not change them. The stream role appends and reads, no more.
REVOKE UPDATE, DELETE ON audit_event FROM vouch_app;
--> statement-breakpoint
GRANT SELECT, INSERT ON generation_event TO vouch_stream;
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_textsearch') THEN
    EXECUTE 'CREATE INDEX chunk_bm25 ON chunk USING bm25 (indexed_text) WITH (text_config = ''english'', k1 = 1.2, b = 0.75)';
  ELSE
    EXECUTE 'CREATE INDEX chunk_fulltext ON chunk USING gin (to_tsvector(''english'', indexed_text))';
  END IF;
END
$$;

-- Vectors are needed; BM25 is used where it can be had (managed servers often cannot load it: the fallback is GIN).
CREATE EXTENSION IF NOT EXISTS vector;
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_textsearch') THEN
    CREATE EXTENSION IF NOT EXISTS pg_textsearch;
  END IF;
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'pg_textsearch is not usable here: %', SQLERRM;
END
$$;
--> statement-breakpoint
-- Roles are shared by all databases of a server, so another database may have made them already.
DO $$
DECLARE role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['vouch_app', 'vouch_system', 'vouch_stream'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', role_name);
    END IF;
    IF NOT pg_has_role(current_user, role_name, 'MEMBER') THEN
      EXECUTE format('GRANT %I TO %I', role_name, current_user);
    END IF;
  END LOOP;
END
$$;

CREATE TABLE "limit_counter" (
	"org_id" uuid NOT NULL,
	"quota" text NOT NULL,
	"window_start_ms" bigint NOT NULL,
	"taken" bigint NOT NULL,
	"is_seeded" boolean NOT NULL,
	CONSTRAINT "limit_counter_org_id_quota_pk" PRIMARY KEY("org_id","quota")
);
--> statement-breakpoint
ALTER TABLE "limit_counter" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "limit_lease" (
	"org_id" uuid NOT NULL,
	"quota" text NOT NULL,
	"lease_id" text NOT NULL,
	"held" bigint NOT NULL,
	"idle" bigint NOT NULL,
	"reported" bigint NOT NULL,
	"call" bigint NOT NULL,
	"expires_at_ms" bigint NOT NULL,
	CONSTRAINT "limit_lease_org_id_quota_lease_id_pk" PRIMARY KEY("org_id","quota","lease_id")
);
--> statement-breakpoint
ALTER TABLE "limit_lease" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "limit_rule" (
	"org_id" uuid NOT NULL,
	"subject_type" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"limits" jsonb NOT NULL,
	"updated_by" uuid,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "limit_rule_org_id_subject_type_subject_id_pk" PRIMARY KEY("org_id","subject_type","subject_id")
);
--> statement-breakpoint
ALTER TABLE "limit_rule" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "limit_rule" ADD CONSTRAINT "limit_rule_org_id_organisation_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisation"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "tenant" ON "limit_counter" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "limit_counter" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "limit_lease" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "limit_lease" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "tenant" ON "limit_rule" AS PERMISSIVE FOR ALL TO "vouch_app" USING (org_id = (select nullif(current_setting('app.org', true), '')::uuid)) WITH CHECK (org_id = (select nullif(current_setting('app.org', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "limit_rule" AS PERMISSIVE FOR ALL TO "vouch_system" USING (true) WITH CHECK (true);--> statement-breakpoint
ALTER TABLE "limit_counter" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "limit_lease" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "limit_rule" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
-- Counters are the program's own bookkeeping: tenants neither read nor write them.
GRANT SELECT, INSERT, UPDATE, DELETE ON "limit_rule" TO vouch_app, vouch_system;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "limit_counter", "limit_lease" TO vouch_system;--> statement-breakpoint
-- Grants, renews and takes back shares of quotas in one statement. What goes in and comes out is described beside
-- LeaseCall in lib/router/limits/lease-backend.ts; the script of the Redis backend does the same.
CREATE FUNCTION take_limits(call jsonb) RETURNS jsonb LANGUAGE plpgsql SET role = 'vouch_system' AS $$
DECLARE
  now_ms bigint := coalesce((call->>'nowMs')::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
  call_number bigint := (call->>'call')::bigint;
  expires_ms bigint := now_ms + (call->>'ttlMs')::bigint;
  items jsonb := call->'items';
  item jsonb;
  group_ jsonb;
  part jsonb;
  counter limit_counter;
  share record;
  is_stale boolean;
  own_held bigint;
  own_idle bigint;
  usable bigint;
  extra bigint;
  admitted bigint;
  fitting bigint;
  blocked integer;
  at integer;
  lefts bigint[] := '{}';
  granted bigint[] := '{}';
  helds bigint[] := '{}';
  idles bigint[] := '{}';
  others_idle bigint[] := '{}';
  stales boolean[] := '{}';
  counters limit_counter[] := '{}';
  groups jsonb := '[]';
  answers jsonb := '[]';
BEGIN
  -- Items come in one order from every process, so that two calls never wait for each other's rows in a circle.
  FOR item IN SELECT * FROM jsonb_array_elements(items) LOOP
    INSERT INTO limit_counter AS c (org_id, quota, window_start_ms, taken, is_seeded)
      VALUES (
        (item->>'orgId')::uuid, item->>'quota',
        CASE item->>'kind' WHEN 'slots' THEN 0 ELSE now_ms END, 0, item->>'kind' <> 'budget')
      ON CONFLICT (org_id, quota) DO UPDATE SET quota = c.quota
      RETURNING c.* INTO counter;
    IF (item->>'kind' = 'rate' AND (item->>'isAsking')::boolean AND now_ms >= counter.window_start_ms + 60000)
      OR (item->>'kind' = 'budget' AND counter.window_start_ms < (item->>'monthMs')::bigint) THEN
      counter.window_start_ms := now_ms;
      counter.taken := 0;
      counter.is_seeded := item->>'kind' <> 'budget';
      DELETE FROM limit_lease l WHERE l.org_id = counter.org_id AND l.quota = counter.quota;
    END IF;
    SELECT
        coalesce(sum(l.held) FILTER (WHERE NOT own AND l.expires_at_ms > now_ms), 0) AS others_held,
        coalesce(sum(l.idle) FILTER (WHERE NOT own AND l.expires_at_ms > now_ms), 0) AS others_idle,
        coalesce(sum(l.held) FILTER (WHERE NOT own AND l.expires_at_ms <= now_ms), 0) AS lost,
        max(l.reported) FILTER (WHERE own) AS reported,
        max(l.call) FILTER (WHERE own) AS call
      INTO share
      FROM limit_lease l CROSS JOIN LATERAL (SELECT l.lease_id = item->>'leaseId' AS own) o
      WHERE l.org_id = counter.org_id AND l.quota = counter.quota;
    IF share.lost > 0 THEN
      -- A holder died. Slots come back. Units of a rate may have been used: they come back with the next window.
      -- Money may have been spent: the month is added up again from the usage rows.
      IF item->>'kind' = 'rate' THEN counter.taken := counter.taken + share.lost; END IF;
      IF item->>'kind' = 'budget' THEN counter.is_seeded := false; END IF;
      UPDATE limit_lease l SET held = 0, idle = 0
        WHERE l.org_id = counter.org_id AND l.quota = counter.quota
          AND l.lease_id <> item->>'leaseId' AND l.expires_at_ms <= now_ms;
    END IF;
    IF item->>'kind' = 'slots' THEN
      DELETE FROM limit_lease l
        WHERE l.org_id = counter.org_id AND l.quota = counter.quota AND l.held = 0 AND l.expires_at_ms <= now_ms;
    END IF;
    is_stale := share.call >= call_number;
    own_held := 0;
    own_idle := 0;
    IF is_stale IS NOT TRUE THEN
      is_stale := false;
      IF (item->>'windowMs')::bigint = counter.window_start_ms THEN
        counter.taken := counter.taken + (item->>'reported')::bigint - coalesce(share.reported, 0);
      END IF;
      IF item->>'kind' <> 'rate' OR (item->>'windowMs')::bigint = counter.window_start_ms THEN
        own_held := (item->>'held')::bigint;
        own_idle := (item->>'idle')::bigint;
      END IF;
      IF NOT counter.is_seeded AND item->>'seed' IS NOT NULL THEN
        counter.taken := greatest(counter.taken, (item->>'seed')::bigint);
        counter.is_seeded := true;
      END IF;
    END IF;
    -- A frozen holder lets its idle units be dealt out anew, so that none of them stands in its own way.
    IF (item->>'isFrozen')::boolean THEN
      own_held := own_held - own_idle;
      own_idle := 0;
    END IF;
    usable := (item->>'limit')::bigint - counter.taken - share.others_held - own_held;
    IF is_stale OR NOT counter.is_seeded THEN usable := 0; END IF;
    lefts := lefts || usable;
    granted := granted || 0::bigint;
    helds := helds || own_held;
    idles := idles || own_idle;
    others_idle := others_idle || share.others_idle::bigint;
    stales := stales || is_stale;
    counters := counters || counter;
  END LOOP;

  -- Each group is a number of equal requests; a request gets all its parts or nothing.
  FOR group_ IN SELECT * FROM jsonb_array_elements(call->'groups') LOOP
    admitted := (group_->>'count')::bigint;
    blocked := -1;
    FOR part IN SELECT * FROM jsonb_array_elements(group_->'parts') LOOP
      at := (part->>0)::integer + 1;
      CONTINUE WHEN (part->>1)::bigint = 0 AND counters[at].is_seeded AND NOT stales[at];
      fitting := greatest(0, lefts[at]) / greatest(1, (part->>1)::bigint);
      IF fitting < admitted THEN
        admitted := fitting;
        blocked := at - 1;
      END IF;
    END LOOP;
    FOR part IN SELECT * FROM jsonb_array_elements(group_->'parts') LOOP
      at := (part->>0)::integer + 1;
      lefts[at] := lefts[at] - admitted * (part->>1)::bigint;
      granted[at] := granted[at] + admitted * (part->>1)::bigint;
    END LOOP;
    groups := groups || jsonb_build_array(jsonb_build_array(admitted, blocked));
  END LOOP;

  FOR at IN 1 .. jsonb_array_length(items) LOOP
    item := items->(at - 1);
    counter := counters[at];
    -- Units for requests to come: a small part of what is left, so that nobody is refused what another only keeps.
    extra := greatest(0, least((item->>'wanted')::bigint, (lefts[at] + idles[at]) / 16 - idles[at]));
    IF NOT stales[at] THEN
      INSERT INTO limit_lease AS l (org_id, quota, lease_id, held, idle, reported, call, expires_at_ms)
        VALUES (
          counter.org_id, counter.quota, item->>'leaseId',
          helds[at] + granted[at] + extra, idles[at] + extra,
          CASE WHEN (item->>'windowMs')::bigint = counter.window_start_ms THEN (item->>'reported')::bigint ELSE 0 END,
          call_number, expires_ms)
        ON CONFLICT (org_id, quota, lease_id) DO UPDATE SET
          held = excluded.held, idle = excluded.idle, reported = excluded.reported,
          call = excluded.call, expires_at_ms = excluded.expires_at_ms;
      IF (item->>'isLast')::boolean THEN
        DELETE FROM limit_lease l
          WHERE l.org_id = counter.org_id AND l.quota = counter.quota AND l.lease_id = item->>'leaseId' AND l.held = 0;
      END IF;
    END IF;
    UPDATE limit_counter c
      SET window_start_ms = counter.window_start_ms, taken = counter.taken, is_seeded = counter.is_seeded
      WHERE c.org_id = counter.org_id AND c.quota = counter.quota
        AND (c.window_start_ms, c.taken, c.is_seeded) IS DISTINCT FROM (counter.window_start_ms, counter.taken, counter.is_seeded);
    answers := answers || jsonb_build_array(jsonb_build_array(
      counter.window_start_ms,
      CASE item->>'kind' WHEN 'rate' THEN greatest(0, counter.window_start_ms + 60000 - now_ms) ELSE 0 END,
      CASE WHEN stales[at] THEN 0 ELSE lefts[at] - extra END,
      granted[at], extra, others_idle[at],
      counter.is_seeded, stales[at]));
  END LOOP;
  RETURN jsonb_build_object('items', answers, 'groups', groups);
END
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION take_limits(jsonb) FROM PUBLIC;

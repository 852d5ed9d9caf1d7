-- The ground everything stands on: two serving roles and the way a transaction says which practice it works for.
--
-- calma_app     serves. It owns nothing and has no BYPASSRLS, so forced row-level security holds for it everywhere.
-- calma_lookup  owns the few SECURITY DEFINER functions that find a practice from outside (a slug, a booking's link,
--               a due deadline). It cannot log in and reads only the columns granted to it.
--
-- Roles belong to the whole cluster and two databases may be migrated at once, hence the handlers.
DO $$ BEGIN
  CREATE ROLE calma_app NOLOGIN NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN
  CREATE ROLE calma_lookup NOLOGIN NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN
  EXECUTE format('GRANT calma_app, calma_lookup TO %I', current_user);
EXCEPTION WHEN unique_violation OR duplicate_object OR invalid_grant_operation THEN NULL; END $$;

-- EXCLUDE with both "=" on ids and "&&" on ranges needs GiST operators for ids.
CREATE EXTENSION IF NOT EXISTS btree_gist;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO calma_app, calma_lookup;
CREATE SCHEMA lookup;
GRANT USAGE ON SCHEMA lookup TO calma_app;
GRANT USAGE, CREATE ON SCHEMA lookup TO calma_lookup;

-- The practice and the user of the present transaction; NULL (hence zero rows) when nobody set them.
CREATE FUNCTION app_practice() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.practice_id', true), '')::uuid $$;
CREATE FUNCTION app_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.user_id', true), '')::uuid $$;

-- Gives a practice-owned table its isolation. Every migration that adds such a table calls it; a test walks the
-- catalogue and fails for one that did not.
CREATE PROCEDURE isolate_by_practice(relation regclass, writable boolean DEFAULT true) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
  EXECUTE format('CREATE POLICY practice ON %s TO calma_app USING (practice_id = app_practice()) WITH CHECK (practice_id = app_practice())', relation);
  IF writable THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO calma_app', relation);
  ELSE
    EXECUTE format('GRANT SELECT, INSERT ON %s TO calma_app', relation);
  END IF;
END $$;

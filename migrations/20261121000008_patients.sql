-- Who is in care: contact, people around them, preferences, notes, and statistics the database keeps.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- What is searched: small letters without accents, whatever the database's locale knows. Both sides of a search go
-- through it.
CREATE FUNCTION fold(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT translate(lower(words), 'áàâäãåçéèêëíìîïñóòôöõúùûüýÿÁÀÂÄÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÖÕÚÙÛÜÝŸ',
    'aaaaaaceeeeiiiinooooouuuuyyaaaaaaceeeeiiiinooooouuuuyy') $$;

ALTER TABLE patients
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  -- A member entered or edited them, so they stay when the request they came with is erased.
  ADD COLUMN by_staff boolean NOT NULL DEFAULT false,
  ADD COLUMN date_of_birth date,
  ADD COLUMN gender text NOT NULL DEFAULT '' CHECK (length(gender) <= 60),
  ADD COLUMN occupation text NOT NULL DEFAULT '' CHECK (length(occupation) <= 120),
  ADD COLUMN city text NOT NULL DEFAULT '' CHECK (length(city) <= 120),
  ADD COLUMN address text NOT NULL DEFAULT '' CHECK (length(address) <= 400),
  ADD COLUMN referral_source text NOT NULL DEFAULT '' CHECK (length(referral_source) <= 120),
  ADD COLUMN emergency_name text NOT NULL DEFAULT '' CHECK (length(emergency_name) <= 120),
  ADD COLUMN emergency_phone text CHECK (emergency_phone ~ '^\+[1-9][0-9]{6,14}$'),
  -- contracts::patients::Preferences: they grow, are read with the patient and never searched (004 §4.3).
  ADD COLUMN preferences jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN trust_level text NOT NULL DEFAULT 'standard' CHECK (trust_level IN ('new', 'standard', 'trusted', 'careful')),
  ADD COLUMN archived_at timestamptz,
  -- Two years without a session count from here: when the record was made, or taken out of the archive (BR-PP-005).
  ADD COLUMN active_since timestamptz,
  ADD COLUMN erased_at timestamptz,
  ADD COLUMN merged_into uuid,
  -- Statistics, kept by the triggers below (BR-PP-002). Attended: completed. First and last: of what took place.
  ADD COLUMN attended integer NOT NULL DEFAULT 0,
  ADD COLUMN cancelled integer NOT NULL DEFAULT 0,
  ADD COLUMN no_show integer NOT NULL DEFAULT 0,
  ADD COLUMN first_session_at timestamptz,
  ADD COLUMN last_session_at timestamptz,
  ADD COLUMN next_session_at timestamptz,
  -- Received minus given back, and what sessions that took place still cost; minor units of the practice's currency.
  ADD COLUMN revenue_minor bigint NOT NULL DEFAULT 0,
  ADD COLUMN owed_minor bigint NOT NULL DEFAULT 0,
  -- Attended of all that took place or should have; NULL before the first.
  ADD COLUMN attendance_percent integer GENERATED ALWAYS AS (CASE WHEN attended + cancelled + no_show > 0
    THEN round(100.0 * attended / (attended + cancelled + no_show))::integer END) STORED,
  ADD COLUMN name_key text NOT NULL GENERATED ALWAYS AS (fold(name)) STORED,
  ADD COLUMN search_key text NOT NULL GENERATED ALWAYS AS (
    fold(name) || ' ' || coalesce(phone, '') || ' ' || coalesce(email, '')) STORED,
  ADD FOREIGN KEY (practice_id, merged_into) REFERENCES patients;
UPDATE patients SET active_since = created_at;
ALTER TABLE patients ALTER COLUMN active_since SET NOT NULL;
CREATE INDEX patients_merged ON patients (practice_id, merged_into) WHERE merged_into IS NOT NULL;
-- One index for each order of the list. Who has no session stands before or behind all others.
CREATE INDEX patients_by_name ON patients (practice_id, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX patients_by_creation ON patients (practice_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX patients_by_last_session ON patients
  (practice_id, coalesce(last_session_at, timestamptz '0001-01-01 00:00:00+00'), id) WHERE deleted_at IS NULL;
CREATE INDEX patients_by_next_session ON patients
  (practice_id, coalesce(next_session_at, timestamptz '9999-01-01 00:00:00+00'), id) WHERE deleted_at IS NULL;
CREATE INDEX patients_by_debt ON patients (practice_id, owed_minor) WHERE deleted_at IS NULL AND owed_minor > 0;

-- Words of the practice's own for its patients. Their ids stand in addresses, never the words.
CREATE TABLE tags (
  practice_id uuid NOT NULL REFERENCES practices,
  id          uuid NOT NULL,
  name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
  name_key    text NOT NULL GENERATED ALWAYS AS (fold(name)) STORED,
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, name_key)
);
CALL isolate_by_practice('tags');
CREATE TABLE patient_tags (
  practice_id uuid NOT NULL REFERENCES practices,
  patient_id  uuid NOT NULL,
  tag_id      uuid NOT NULL,
  PRIMARY KEY (practice_id, patient_id, tag_id),
  FOREIGN KEY (practice_id, patient_id) REFERENCES patients,
  FOREIGN KEY (practice_id, tag_id) REFERENCES tags
);
CREATE INDEX patient_tags_by_tag ON patient_tags (practice_id, tag_id, patient_id);
CALL isolate_by_practice('patient_tags');

-- The indexes of the search stand on a table of their own: the statistics of a patient change with every session, and
-- would write all of these entries anew.
CREATE TABLE patient_keys (
  practice_id uuid NOT NULL REFERENCES practices,
  patient_id  uuid NOT NULL,
  name        text NOT NULL,
  key         text NOT NULL,
  PRIMARY KEY (practice_id, patient_id),
  FOREIGN KEY (practice_id, patient_id) REFERENCES patients ON DELETE CASCADE
);
CALL isolate_by_practice('patient_keys');

CREATE FUNCTION keep_patient_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.deleted_at IS NOT NULL THEN
    DELETE FROM patient_keys WHERE practice_id = NEW.practice_id AND patient_id = NEW.id;
  ELSE
    INSERT INTO patient_keys (practice_id, patient_id, name, key) VALUES (NEW.practice_id, NEW.id, NEW.name_key, NEW.search_key)
    ON CONFLICT (practice_id, patient_id) DO UPDATE SET name = excluded.name, key = excluded.key;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER searched AFTER INSERT OR UPDATE OF name, phone, email, deleted_at ON patients
  FOR EACH ROW EXECUTE FUNCTION keep_patient_key();
INSERT INTO patient_keys SELECT practice_id, id, name_key, search_key FROM patients WHERE deleted_at IS NULL;

CREATE INDEX patient_keys_by_part ON patient_keys USING gin (practice_id, key gin_trgm_ops);

CREATE TABLE guardians (
  practice_id  uuid NOT NULL REFERENCES practices,
  id           uuid NOT NULL,
  patient_id   uuid NOT NULL,
  name         text NOT NULL CHECK (length(name) BETWEEN 2 AND 120),
  relationship text NOT NULL DEFAULT '' CHECK (length(relationship) <= 60),
  phone        text CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
  email        text CHECK (email = lower(email) AND length(email) <= 254),
  position     integer NOT NULL DEFAULT 0,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, patient_id) REFERENCES patients
);
CREATE INDEX guardians_by_patient ON guardians (practice_id, patient_id, position);
CREATE INDEX guardians_by_phone ON guardians (practice_id, phone);
CALL isolate_by_practice('guardians');

-- Which therapists see a patient. A booking or a session assigns its therapist, and ends the archive.
CREATE TABLE patient_therapists (
  practice_id  uuid NOT NULL REFERENCES practices,
  patient_id   uuid NOT NULL,
  therapist_id uuid NOT NULL,
  assigned_at  timestamptz NOT NULL,
  PRIMARY KEY (practice_id, patient_id, therapist_id),
  FOREIGN KEY (practice_id, patient_id) REFERENCES patients,
  FOREIGN KEY (practice_id, therapist_id) REFERENCES therapists
);
CREATE INDEX patient_therapists_by_therapist ON patient_therapists (practice_id, therapist_id, patient_id);
CALL isolate_by_practice('patient_therapists');

CREATE FUNCTION assign_therapist() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO patient_therapists (practice_id, patient_id, therapist_id, assigned_at)
  VALUES (NEW.practice_id, NEW.patient_id, NEW.therapist_id, NEW.changed_at) ON CONFLICT DO NOTHING;
  UPDATE patients SET archived_at = NULL, active_since = NEW.changed_at, version = version + 1
  WHERE practice_id = NEW.practice_id AND id = NEW.patient_id AND archived_at IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER assigns AFTER UPDATE OF patient_id ON bookings FOR EACH ROW WHEN (NEW.patient_id IS NOT NULL)
  EXECUTE FUNCTION assign_therapist();
-- What is confirmed from its first moment comes with its session, which assigns too.
CREATE TRIGGER assigns_new AFTER INSERT ON bookings FOR EACH ROW WHEN (NEW.patient_id IS NOT NULL AND NEW.status <> 'confirmed')
  EXECUTE FUNCTION assign_therapist();
CREATE TRIGGER assigns AFTER INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION assign_therapist();

-- Administrative notes, never clinical ones (BR-PP-001); on a patient, or on one of their sessions.
CREATE TABLE notes (
  practice_id uuid NOT NULL REFERENCES practices,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  session_id  uuid,
  kind        text NOT NULL DEFAULT 'general' CHECK (kind IN ('general', 'preferences', 'administrative')),
  body        text NOT NULL CHECK (length(body) BETWEEN 1 AND 4000),
  pinned      boolean NOT NULL DEFAULT false,
  author_id   uuid NOT NULL,
  created_at  timestamptz NOT NULL,
  changed_at  timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, patient_id) REFERENCES patients,
  FOREIGN KEY (practice_id, session_id) REFERENCES sessions,
  FOREIGN KEY (practice_id, author_id) REFERENCES members
);
CREATE INDEX notes_by_patient ON notes (practice_id, patient_id, pinned DESC, created_at DESC);
CREATE INDEX notes_by_session ON notes (practice_id, session_id) WHERE session_id IS NOT NULL;
CALL isolate_by_practice('notes');

-- A file of patients that was uploaded and is being looked at. It goes when it is imported, or after a day.
CREATE TABLE patient_imports (
  practice_id uuid NOT NULL REFERENCES practices,
  id          uuid NOT NULL,
  content     text NOT NULL CHECK (length(content) <= 1048576),
  created_by  uuid NOT NULL,
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, created_by) REFERENCES members
);
CREATE INDEX patient_imports_by_age ON patient_imports (created_at);
CALL isolate_by_practice('patient_imports');

-- Statistics are computed anew from the patient's sessions whenever one of them changed. The patients are locked first,
-- in the order of their ids, and counted by a later statement: what somebody else committed meanwhile is seen.
CREATE FUNCTION count_sessions_of(practice uuid, changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM patients p WHERE p.practice_id = practice AND p.id = ANY (changed) ORDER BY p.id FOR NO KEY UPDATE;
  UPDATE patients p SET
    attended = s.attended, cancelled = s.cancelled, no_show = s.no_show,
    first_session_at = s.first_at, last_session_at = s.last_at, next_session_at = s.next_at,
    revenue_minor = s.revenue, owed_minor = s.owed
  FROM (
    SELECT c.id,
      count(*) FILTER (WHERE x.status = 'completed') AS attended,
      count(*) FILTER (WHERE x.status = 'cancelled') AS cancelled,
      count(*) FILTER (WHERE x.status = 'no_show') AS no_show,
      min(x.starts_at) FILTER (WHERE x.status IN ('completed', 'in_progress')) AS first_at,
      max(x.starts_at) FILTER (WHERE x.status IN ('completed', 'in_progress')) AS last_at,
      min(x.starts_at) FILTER (WHERE x.status = 'scheduled') AS next_at,
      coalesce(sum(x.paid_minor - x.refunded_minor), 0) AS revenue,
      coalesce(sum(greatest(x.price_minor - x.paid_minor + x.refunded_minor, 0))
        FILTER (WHERE x.status IN ('completed', 'in_progress', 'no_show') AND x.payment_status IN ('pending', 'partly_paid')), 0) AS owed
    FROM unnest(changed) AS c (id)
    LEFT JOIN sessions x ON x.practice_id = practice AND x.patient_id = c.id
    GROUP BY c.id) s
  WHERE p.practice_id = practice AND p.id = s.id;
END $$;

CREATE FUNCTION count_new_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
  FOR r IN SELECT practice_id, array_agg(DISTINCT patient_id) AS patients FROM changed GROUP BY practice_id LOOP
    PERFORM count_sessions_of(r.practice_id, r.patients);
  END LOOP;
  RETURN NULL;
END $$;
CREATE FUNCTION count_changed_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
  FOR r IN
    SELECT n.practice_id, array_agg(DISTINCT p.id) AS patients
    FROM changed n JOIN before o ON o.practice_id = n.practice_id AND o.id = n.id,
      LATERAL (VALUES (n.patient_id), (o.patient_id)) AS p (id)
    WHERE (n.status, n.starts_at, n.price_minor, n.paid_minor, n.refunded_minor, n.waived, n.patient_id)
      IS DISTINCT FROM (o.status, o.starts_at, o.price_minor, o.paid_minor, o.refunded_minor, o.waived, o.patient_id)
    GROUP BY n.practice_id
  LOOP
    PERFORM count_sessions_of(r.practice_id, r.patients);
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER statistics_new AFTER INSERT ON sessions REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_new_sessions();
CREATE TRIGGER statistics_changed AFTER UPDATE ON sessions REFERENCING OLD TABLE AS before NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_changed_sessions();
CREATE TRIGGER statistics_gone AFTER DELETE ON sessions REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_new_sessions();

-- Pattern matching and similarity are not leakproof, so behind row-level security no index would serve them. These doors
-- see the rows of the present practice only, by their own condition, and answer ids.
CREATE POLICY lookup ON patient_keys FOR SELECT TO calma_lookup USING (true);
GRANT SELECT ON patient_keys TO calma_lookup;
CREATE POLICY lookup ON patients FOR SELECT TO calma_lookup USING (true);
GRANT SELECT (practice_id, id, archived_at, deleted_at, active_since, last_session_at, next_session_at) ON patients TO calma_lookup;

-- What people type is no pattern.
CREATE FUNCTION escape_like(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT replace(replace(replace(words, '\', '\\'), '%', '\%'), '_', '\_') $$;

-- Up to `at_most` patients (NULL: all) whose name, phone or e-mail contains `part` and all of `others`, by name; which ones, if there
-- are more, nobody knows. An index cannot serve several patterns at once: it finds `part`, which should be the longest.
-- Behind row-level security the planner knows no statistics of these columns; left alone it would rather read the
-- practice's rows one by one.
CREATE FUNCTION lookup.patients_with(part text, others text[], at_most integer) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
  SET enable_seqscan = off SET enable_indexscan = off SET max_parallel_workers_per_gather = 0
  SET jit = off AS $$
DECLARE
  needle text := fold(part);
  pattern text := '%' || escape_like(needle) || '%';
  -- Made once, and not for each of the thousands that have the longest word.
  rest text[] := ARRAY(SELECT '%' || escape_like(fold(other)) || '%' FROM unnest(others) AS other);
BEGIN
  IF needle ~ '[[:alnum:]]{3}' THEN
    RETURN QUERY SELECT found.patient_id FROM (SELECT k.patient_id, k.name FROM patient_keys k
        WHERE k.practice_id = app_practice() AND k.key LIKE pattern AND k.key LIKE ALL (rest)
        LIMIT at_most) found
      ORDER BY found.name, found.patient_id;
  ELSE
    -- Trigrams need three letters. One or two stand in many keys, so reading the practice's is soon over; an index of
    -- pairs would cost every new patient more than it saves here.
    RETURN QUERY SELECT found.patient_id FROM (SELECT k.patient_id, k.name FROM patient_keys k
        WHERE k.practice_id = app_practice() AND position(needle IN k.key) > 0 AND k.key LIKE ALL (rest)
        LIMIT at_most) found
      ORDER BY found.name, found.patient_id;
  END IF;
END $$;

-- Patients with a name like this one, the most similar first.
CREATE FUNCTION lookup.patients_named_like(wanted text, at_most integer) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
  SET enable_seqscan = off SET enable_indexscan = off SET max_parallel_workers_per_gather = 0
  SET jit = off AS $$
BEGIN
  RETURN QUERY SELECT k.patient_id FROM patient_keys k
    WHERE k.practice_id = app_practice() AND fold(wanted) <% k.key AND similarity(fold(wanted), k.name) >= 0.45
    ORDER BY similarity(fold(wanted), k.name) DESC, k.patient_id LIMIT at_most;
END $$;

-- Practices that have somebody whom nothing was heard of since then (BR-PP-005).
CREATE FUNCTION lookup.practices_with_dormant_patients(since timestamptz) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT practice_id FROM patients
  WHERE archived_at IS NULL AND deleted_at IS NULL AND active_since <= since
    AND (last_session_at IS NULL OR last_session_at <= since) AND (next_session_at IS NULL OR next_session_at <= since) $$;
-- Practices with a file that was not imported (patient_imports).
CREATE POLICY lookup ON patient_imports FOR SELECT TO calma_lookup USING (true);
GRANT SELECT (practice_id, created_at) ON patient_imports TO calma_lookup;
CREATE FUNCTION lookup.practices_with_old_imports(before timestamptz) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT practice_id FROM patient_imports WHERE created_at <= before $$;
CREATE INDEX patients_active_since ON patients (active_since) WHERE archived_at IS NULL AND deleted_at IS NULL;

GRANT CREATE ON SCHEMA lookup TO calma_lookup;
DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['patients_with(text, text[], integer)', 'patients_named_like(text, integer)',
      'practices_with_dormant_patients(timestamptz)', 'practices_with_old_imports(timestamptz)'] LOOP
    EXECUTE format('ALTER FUNCTION lookup.%s OWNER TO calma_lookup', f);
    EXECUTE format('REVOKE ALL ON FUNCTION lookup.%s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION lookup.%s TO calma_app', f);
  END LOOP;
END $$;
REVOKE CREATE ON SCHEMA lookup FROM calma_lookup;

-- Payments stay as they were recorded, except whose they are: two records of one person become one.
GRANT UPDATE (patient_id) ON payments TO calma_app;

CREATE TRIGGER live AFTER INSERT OR UPDATE OF version ON patients FOR EACH ROW EXECUTE FUNCTION tell_live('patient');

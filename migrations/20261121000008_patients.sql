-- Who is in care: contact, people around them, preferences, notes, and statistics the database keeps.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- What is searched: small letters without accents. Both sides of a search go through it.
CREATE FUNCTION fold(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT translate(lower(words), 'áàâäãåçéèêëíìîïñóòôöõúùûüýÿ', 'aaaaaaceeeeiiiinooooouuuuyy') $$;

ALTER TABLE patients
  ADD COLUMN version integer NOT NULL DEFAULT 1,
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
  ADD COLUMN tags text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 20),
  ADD COLUMN trust_level text NOT NULL DEFAULT 'standard' CHECK (trust_level IN ('new', 'standard', 'trusted', 'careful')),
  ADD COLUMN archived_at timestamptz,
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
CREATE INDEX patients_by_name ON patients (practice_id, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX patients_by_creation ON patients (practice_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX patients_by_last_session ON patients (practice_id, last_session_at, id) WHERE deleted_at IS NULL;
CREATE INDEX patients_by_next_session ON patients (practice_id, next_session_at, id) WHERE deleted_at IS NULL;
CREATE INDEX patients_by_tag ON patients USING gin (practice_id, tags) WHERE deleted_at IS NULL;
CREATE INDEX patients_by_part ON patients USING gin (practice_id, search_key gin_trgm_ops) WHERE deleted_at IS NULL;

-- Pattern matching is not leakproof, so behind row-level security no index would serve it. This door sees the rows of
-- the present practice only, by its own condition, and answers ids.
CREATE POLICY lookup ON patients FOR SELECT TO calma_lookup USING (true);
GRANT SELECT (practice_id, id, search_key, name_key, phone, email, deleted_at, archived_at, last_session_at, created_at) ON patients TO calma_lookup;

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

-- Which therapists see a patient. A booking or a session assigns its therapist.
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
  RETURN NULL;
END $$;
CREATE TRIGGER assigns AFTER UPDATE OF patient_id ON bookings FOR EACH ROW WHEN (NEW.patient_id IS NOT NULL)
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

-- Up to `at_most` patients of the present practice, by name, whose name, phone or e-mail contains `part` and all of
-- `others`. The trigram index finds `part`, the longest; an index cannot serve several patterns at once.
CREATE FUNCTION lookup.patients_with(part text, others text[], at_most integer) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  -- What people type is no pattern.
  pattern text := '%' || replace(replace(replace(fold(part), '\', '\\'), '%', '\%'), '_', '\_') || '%';
BEGIN
  RETURN QUERY SELECT p.id FROM patients p
    WHERE p.practice_id = app_practice() AND p.deleted_at IS NULL AND p.search_key LIKE pattern
      AND NOT EXISTS (SELECT 1 FROM unnest(others) AS other WHERE position(fold(other) IN p.search_key) = 0)
    ORDER BY p.name_key, p.id LIMIT at_most;
END $$;
GRANT CREATE ON SCHEMA lookup TO calma_lookup;
ALTER FUNCTION lookup.patients_with(text, text[], integer) OWNER TO calma_lookup;
REVOKE CREATE ON SCHEMA lookup FROM calma_lookup;
REVOKE ALL ON FUNCTION lookup.patients_with(text, text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lookup.patients_with(text, text[], integer) TO calma_app;

CREATE TRIGGER live AFTER UPDATE OF version ON patients FOR EACH ROW EXECUTE FUNCTION tell_live('patient');

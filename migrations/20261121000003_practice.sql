-- Therapists, services, opening hours, files.

CREATE TABLE files (
  practice_id  uuid NOT NULL REFERENCES practices,
  id           uuid NOT NULL,
  purpose      text NOT NULL CHECK (purpose IN ('photo', 'payment_proof')),
  content_type text NOT NULL CHECK (content_type IN ('image/png', 'image/jpeg', 'image/webp', 'application/pdf')),
  size         bigint NOT NULL CHECK (size BETWEEN 1 AND 10485760),
  sha256       bytea NOT NULL CHECK (length(sha256) = 32),
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id)
);
CREATE INDEX files_by_content ON files (practice_id, sha256);
CALL isolate_by_practice('files');

CREATE TABLE therapists (
  practice_id       uuid NOT NULL REFERENCES practices,
  id                uuid NOT NULL,
  member_id         uuid,
  slug              text NOT NULL CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{1,58})[a-z0-9]$'),
  name              text NOT NULL CHECK (length(name) BETWEEN 2 AND 120),
  title             text NOT NULL DEFAULT '' CHECK (length(title) <= 120),
  bio               text NOT NULL DEFAULT '' CHECK (length(bio) <= 4000),
  credentials       text[] NOT NULL DEFAULT '{}',
  languages         text[] NOT NULL DEFAULT '{}',
  time_zone         text NOT NULL,
  photo_file_id     uuid,
  published         boolean NOT NULL DEFAULT false,
  -- 004 §4.1: defaults 0 and 10 minutes.
  buffer_before_min integer NOT NULL DEFAULT 0 CHECK (buffer_before_min BETWEEN 0 AND 120),
  buffer_after_min  integer NOT NULL DEFAULT 10 CHECK (buffer_after_min BETWEEN 0 AND 120),
  slot_step_min     integer CHECK (slot_step_min BETWEEN 5 AND 240),
  policy            jsonb,
  created_at        timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, member_id) REFERENCES members,
  FOREIGN KEY (practice_id, photo_file_id) REFERENCES files
);
CREATE UNIQUE INDEX therapists_one_per_member ON therapists (practice_id, member_id);
CALL isolate_by_practice('therapists');

-- The installation's directory of public addresses: a slug leads to one therapist. It is public by nature, readable
-- by all; only the practice itself writes its rows. Addresses a therapist had before stay theirs for ever: they are
-- printed on cards and lead to the present one, and nobody else may receive their patients.
CREATE TABLE slugs (
  slug         text PRIMARY KEY,
  practice_id  uuid NOT NULL,
  therapist_id uuid NOT NULL,
  -- When another address took its place; NULL for the present one.
  retired_at   timestamptz,
  FOREIGN KEY (practice_id, therapist_id) REFERENCES therapists
);
CREATE INDEX slugs_by_therapist ON slugs (practice_id, therapist_id);
CREATE UNIQUE INDEX slugs_one_present ON slugs (practice_id, therapist_id) WHERE retired_at IS NULL;
ALTER TABLE slugs ENABLE ROW LEVEL SECURITY;
ALTER TABLE slugs FORCE ROW LEVEL SECURITY;
CREATE POLICY everyone_reads ON slugs FOR SELECT TO calma_app, calma_lookup USING (true);
CREATE POLICY practice_inserts ON slugs FOR INSERT TO calma_app WITH CHECK (practice_id = app_practice());
CREATE POLICY practice_updates ON slugs FOR UPDATE TO calma_app USING (practice_id = app_practice()) WITH CHECK (practice_id = app_practice());
GRANT SELECT, INSERT, UPDATE ON slugs TO calma_app;
GRANT SELECT ON slugs TO calma_lookup;

CREATE TABLE services (
  practice_id  uuid NOT NULL REFERENCES practices,
  id           uuid NOT NULL,
  name         text NOT NULL CHECK (length(name) BETWEEN 2 AND 120),
  description  text NOT NULL DEFAULT '' CHECK (length(description) <= 1000),
  -- BR-AV-002
  duration_min integer NOT NULL CHECK (duration_min BETWEEN 30 AND 120 AND duration_min % 5 = 0),
  price_minor  bigint NOT NULL CHECK (price_minor BETWEEN 0 AND 100000000000),
  currency     char(3) NOT NULL,
  place        text NOT NULL CHECK (place IN ('online', 'in_person')),
  active       boolean NOT NULL DEFAULT true,
  position     integer NOT NULL DEFAULT 0,
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id)
);
CALL isolate_by_practice('services');

-- Who gives which service; duration and price may differ per therapist.
CREATE TABLE therapist_services (
  practice_id  uuid NOT NULL REFERENCES practices,
  therapist_id uuid NOT NULL,
  service_id   uuid NOT NULL,
  duration_min integer CHECK (duration_min BETWEEN 30 AND 120 AND duration_min % 5 = 0),
  price_minor  bigint CHECK (price_minor BETWEEN 0 AND 100000000000),
  PRIMARY KEY (practice_id, therapist_id, service_id),
  FOREIGN KEY (practice_id, therapist_id) REFERENCES therapists,
  FOREIGN KEY (practice_id, service_id) REFERENCES services
);
CALL isolate_by_practice('therapist_services');

-- Weekly opening hours on the therapist's wall clock, in minutes from midnight.
CREATE TABLE availability_rules (
  practice_id  uuid NOT NULL REFERENCES practices,
  id           uuid NOT NULL,
  therapist_id uuid NOT NULL,
  weekday      smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  starts_min   integer NOT NULL CHECK (starts_min BETWEEN 0 AND 1439),
  ends_min     integer NOT NULL CHECK (ends_min BETWEEN 1 AND 1440),
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, therapist_id) REFERENCES therapists,
  -- BR-AV-001
  CONSTRAINT availability_rules_end_after_start CHECK (ends_min > starts_min),
  CONSTRAINT availability_rules_long_enough CHECK (ends_min - starts_min >= 30),
  -- EC-AV-001
  CONSTRAINT availability_rules_overlap EXCLUDE USING gist (
    practice_id WITH =, therapist_id WITH =, weekday WITH =, int4range(starts_min, ends_min, '[)') WITH &&)
);
CREATE INDEX availability_rules_by_therapist ON availability_rules (practice_id, therapist_id);
CALL isolate_by_practice('availability_rules');

CREATE TABLE availability_exceptions (
  practice_id  uuid NOT NULL REFERENCES practices,
  id           uuid NOT NULL,
  therapist_id uuid NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('closed', 'open')),
  starts_on    date NOT NULL,
  ends_on      date NOT NULL,
  starts_min   integer CHECK (starts_min BETWEEN 0 AND 1439),
  ends_min     integer CHECK (ends_min BETWEEN 1 AND 1440),
  reason       text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, therapist_id) REFERENCES therapists,
  CONSTRAINT availability_exceptions_days CHECK (ends_on BETWEEN starts_on AND starts_on + 366),
  CONSTRAINT availability_exceptions_minutes CHECK (num_nonnulls(starts_min, ends_min) = 0 OR
    (num_nonnulls(starts_min, ends_min) = 2 AND ends_min > starts_min)),
  -- A whole day of extra opening would be open at night: say the hours.
  CONSTRAINT availability_exceptions_open_has_hours CHECK (kind = 'closed' OR starts_min IS NOT NULL)
);
CREATE INDEX availability_exceptions_by_day ON availability_exceptions (practice_id, therapist_id, ends_on);
CALL isolate_by_practice('availability_exceptions');

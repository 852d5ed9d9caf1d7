-- Calendars outside: what is taken in them counts as taken here, and sessions appear in them. Addresses at which calendars
-- subscribe to sessions. How a practice makes video links.

-- 'server': a room at `video_base`, as before. 'meet': Google's, made with the calendar's entry. 'own': each therapist's.
ALTER TABLE practices ADD COLUMN video_kind text NOT NULL DEFAULT 'server' CHECK (video_kind IN ('server', 'meet', 'own'));
ALTER TABLE therapists ADD COLUMN video_url text NOT NULL DEFAULT '' CHECK (length(video_url) <= 200);

CREATE TABLE calendar_connections (
  practice_id    uuid NOT NULL REFERENCES practices,
  id             uuid NOT NULL,
  therapist_id   uuid NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('google', 'ics')),
  -- What it is called: the calendar's own name at Google, the host of an address. The address itself may be a secret.
  label          text NOT NULL DEFAULT '' CHECK (length(label) <= 200),
  -- The permission or the address, encrypted with a key that is not in the database.
  credentials    bytea NOT NULL,
  -- Do entries of ours name the patient? (004 §7.1 wants it; some therapists do not.)
  show_names     boolean NOT NULL DEFAULT true,
  -- Where reading goes on: Google's sync token, or the tag of the file that was read last.
  sync_token     text CHECK (length(sync_token) <= 2000),
  -- When all of it was last read. The window that is read moves with time, so now and then everything is.
  whole_at       timestamptz,
  state          text NOT NULL CHECK (state IN ('waiting', 'ok', 'failing', 'revoked')),
  -- contracts::calendars::CalendarProblem
  problem        text,
  -- Entries that were not understood.
  unreadable     integer NOT NULL DEFAULT 0,
  attempts       integer NOT NULL DEFAULT 0,
  last_synced_at timestamptz,
  -- NULL: not before somebody connects it again.
  next_sync_at   timestamptz,
  -- A server is reading it, until then at most.
  claimed_until  timestamptz,
  created_at     timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, therapist_id) REFERENCES therapists,
  CHECK ((state = 'revoked') = (next_sync_at IS NULL))
);
CREATE INDEX calendar_connections_by_therapist ON calendar_connections (practice_id, therapist_id);
CREATE UNIQUE INDEX calendar_connections_one_google ON calendar_connections (practice_id, therapist_id) WHERE kind = 'google';
CREATE INDEX calendar_connections_due ON calendar_connections (next_sync_at) WHERE next_sync_at IS NOT NULL;
CALL isolate_by_practice('calendar_connections');

-- Times that are taken outside, without what for. Longer ones are kept in pieces of a day, so that the index on their ends
-- finds all that reach into a span.
CREATE TABLE external_busy (
  practice_id   uuid NOT NULL REFERENCES practices,
  connection_id uuid NOT NULL,
  -- A hash of what the calendar calls the entry.
  entry         bytea NOT NULL CHECK (length(entry) = 16),
  therapist_id  uuid NOT NULL,
  starts_at     timestamptz NOT NULL,
  ends_at       timestamptz NOT NULL,
  PRIMARY KEY (practice_id, connection_id, entry, starts_at, ends_at),
  FOREIGN KEY (practice_id, connection_id) REFERENCES calendar_connections,
  FOREIGN KEY (practice_id, therapist_id) REFERENCES therapists,
  CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '24 hours')
);
CREATE INDEX external_busy_by_time ON external_busy (practice_id, therapist_id, ends_at);
CALL isolate_by_practice('external_busy');

-- Sessions as entries of their therapist's calendar: what should be there and what is. The entry's name there follows from
-- the session's id, so putting it there twice is noticed.
CREATE TABLE calendar_events (
  practice_id    uuid NOT NULL REFERENCES practices,
  session_id     uuid NOT NULL,
  connection_id  uuid NOT NULL,
  wanted_version integer NOT NULL,
  -- The session's version that is there.
  synced_version integer,
  -- Is an entry there?
  placed         boolean NOT NULL DEFAULT false,
  -- How often a video room was asked for.
  room_requests  integer NOT NULL DEFAULT 0,
  attempts       integer NOT NULL DEFAULT 0,
  problem        text,
  -- NULL: nothing to do.
  next_try_at    timestamptz,
  -- What it tells of the patient changed since it was last taken for writing, though the session did not.
  outdated       boolean NOT NULL DEFAULT false,
  -- A server is writing it, until then at most. Another one waits, or an older state could be written last.
  claimed_until  timestamptz,
  PRIMARY KEY (practice_id, session_id),
  FOREIGN KEY (practice_id, session_id) REFERENCES sessions,
  FOREIGN KEY (practice_id, connection_id) REFERENCES calendar_connections
);
CREATE INDEX calendar_events_by_connection ON calendar_events (practice_id, connection_id);
CREATE INDEX calendar_events_due ON calendar_events (next_try_at) WHERE next_try_at IS NOT NULL;
CALL isolate_by_practice('calendar_events');

-- Whatever makes or changes a session, its entry is planned in the same transaction and written later: a calendar that is
-- down keeps nobody from booking. `changed_at` is the program's clock at the change.
CREATE FUNCTION plan_calendar_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO calendar_events (practice_id, session_id, connection_id, wanted_version, next_try_at)
  SELECT c.practice_id, NEW.id, c.id, NEW.version, NEW.changed_at FROM calendar_connections c
  WHERE c.practice_id = NEW.practice_id AND c.therapist_id = NEW.therapist_id AND c.kind = 'google' AND NEW.status <> 'cancelled'
  ON CONFLICT DO NOTHING;
  -- Also one that is in the calendar of the therapist before: the worker takes it from there.
  UPDATE calendar_events SET wanted_version = NEW.version, attempts = 0, next_try_at = NEW.changed_at
  WHERE practice_id = NEW.practice_id AND session_id = NEW.id AND wanted_version <> NEW.version;
  RETURN NULL;
END $$;
CREATE TRIGGER calendar_new AFTER INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION plan_calendar_event();
CREATE TRIGGER calendar_changed AFTER UPDATE ON sessions FOR EACH ROW
  WHEN (NEW.starts_at <> OLD.starts_at OR NEW.ends_at <> OLD.ends_at OR NEW.therapist_id <> OLD.therapist_id
    OR NEW.patient_id <> OLD.patient_id OR (NEW.status = 'cancelled') <> (OLD.status = 'cancelled'))
  EXECUTE FUNCTION plan_calendar_event();

-- Entries name the patient and their phone: who is called otherwise, is called so in those of sessions that are not closed,
-- and who is erased, in all of them. There is no clock here that the program knows; the session's last change is past.
CREATE FUNCTION replan_calendar_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE calendar_events e SET outdated = true, attempts = 0, next_try_at = least(e.next_try_at, s.changed_at)
  FROM sessions s
  WHERE s.practice_id = NEW.practice_id AND s.patient_id = NEW.id
    AND (NEW.erased_at IS NOT NULL OR s.status IN ('scheduled', 'in_progress'))
    AND e.practice_id = NEW.practice_id AND e.session_id = s.id AND (e.placed OR e.claimed_until IS NOT NULL);
  RETURN NULL;
END $$;
CREATE TRIGGER calendar_names AFTER UPDATE OF name, phone ON patients FOR EACH ROW
  WHEN (NEW.name <> OLD.name OR NEW.phone IS DISTINCT FROM OLD.phone)
  EXECUTE FUNCTION replan_calendar_events();

-- An address at which calendars subscribe to the sessions of a therapist or a patient. The address follows from the id and
-- the installation's secret; another address is another row.
CREATE TABLE calendar_feeds (
  practice_id  uuid NOT NULL REFERENCES practices,
  id           uuid NOT NULL,
  therapist_id uuid,
  patient_id   uuid,
  -- Patients by name; otherwise by their initials.
  show_names   boolean NOT NULL DEFAULT false,
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, therapist_id) REFERENCES therapists,
  -- A patient who is erased takes the address along.
  FOREIGN KEY (practice_id, patient_id) REFERENCES patients ON DELETE CASCADE,
  CHECK (num_nonnulls(therapist_id, patient_id) = 1)
);
CREATE UNIQUE INDEX calendar_feeds_of_therapist ON calendar_feeds (practice_id, therapist_id);
CREATE UNIQUE INDEX calendar_feeds_of_patient ON calendar_feeds (practice_id, patient_id);
CREATE INDEX calendar_feeds_by_id ON calendar_feeds (id);
CALL isolate_by_practice('calendar_feeds');

CREATE POLICY lookup ON calendar_connections FOR SELECT TO calma_lookup USING (true);
CREATE POLICY lookup ON calendar_events FOR SELECT TO calma_lookup USING (true);
CREATE POLICY lookup ON calendar_feeds FOR SELECT TO calma_lookup USING (true);
GRANT SELECT (practice_id, id, state, next_sync_at, claimed_until) ON calendar_connections TO calma_lookup;
GRANT SELECT (practice_id, session_id, connection_id, next_try_at, claimed_until) ON calendar_events TO calma_lookup;
GRANT SELECT (practice_id, id) ON calendar_feeds TO calma_lookup;

-- Calendars to read and entries to write, those that wait longest first.
CREATE FUNCTION lookup.due_calendars(at timestamptz, at_most integer) RETURNS TABLE (practice_id uuid, id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT practice_id, id FROM calendar_connections WHERE next_sync_at <= at AND (claimed_until IS NULL OR claimed_until <= at)
  ORDER BY next_sync_at LIMIT at_most $$;
CREATE FUNCTION lookup.due_calendar_events(at timestamptz, at_most integer) RETURNS TABLE (practice_id uuid, session_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.practice_id, e.session_id FROM calendar_events e
  JOIN calendar_connections c ON c.practice_id = e.practice_id AND c.id = e.connection_id AND c.state <> 'revoked'
  WHERE e.next_try_at <= at AND (e.claimed_until IS NULL OR e.claimed_until <= at) ORDER BY e.next_try_at LIMIT at_most $$;
CREATE FUNCTION lookup.practice_of_feed(wanted uuid) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT practice_id FROM calendar_feeds WHERE id = wanted $$;
GRANT CREATE ON SCHEMA lookup TO calma_lookup;
DO $$
DECLARE f regprocedure;
BEGIN
  FOREACH f IN ARRAY ARRAY['lookup.due_calendars(timestamptz, integer)', 'lookup.due_calendar_events(timestamptz, integer)',
    'lookup.practice_of_feed(uuid)']::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO calma_lookup', f);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO calma_app', f);
  END LOOP;
END $$;
REVOKE CREATE ON SCHEMA lookup FROM calma_lookup;

CREATE TRIGGER live AFTER INSERT OR UPDATE OR DELETE ON external_busy FOR EACH ROW EXECUTE FUNCTION tell_live('slots');
CREATE TRIGGER live AFTER INSERT OR DELETE OR UPDATE OF state ON calendar_connections FOR EACH ROW EXECUTE FUNCTION tell_live('calendar');

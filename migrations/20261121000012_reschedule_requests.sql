-- Therapists do not move sessions by themselves: they ask for another time, and an admin or the front desk decides (001).

CREATE TABLE reschedule_requests (
  practice_id    uuid NOT NULL REFERENCES practices,
  id             uuid NOT NULL,
  session_id     uuid NOT NULL,
  -- The session's; lists are narrowed by it.
  therapist_id   uuid NOT NULL,
  asked_by       uuid NOT NULL,
  asked_at       timestamptz NOT NULL,
  -- Empty once the patient was erased.
  reason         text NOT NULL CHECK (length(reason) <= 1000),
  -- Where the session was when it was asked for: a request is about this time and no other.
  old_start      timestamptz NOT NULL,
  proposed_start timestamptz NOT NULL CHECK (proposed_start <> old_start),
  status         text NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'withdrawn', 'outdated')),
  -- NULL with a decision: the program, when the session changed otherwise.
  decided_by     uuid,
  decided_at     timestamptz,
  note           text NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
  version        integer NOT NULL DEFAULT 1,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, session_id) REFERENCES sessions,
  FOREIGN KEY (practice_id, therapist_id) REFERENCES therapists,
  FOREIGN KEY (practice_id, asked_by) REFERENCES members,
  FOREIGN KEY (practice_id, decided_by) REFERENCES members,
  CHECK ((status = 'pending') = (decided_at IS NULL)),
  CHECK (decided_by IS NULL OR decided_at IS NOT NULL)
);
-- One question at a time about a session.
CREATE UNIQUE INDEX reschedule_requests_pending ON reschedule_requests (practice_id, session_id) WHERE status = 'pending';
CREATE INDEX reschedule_requests_by_session ON reschedule_requests (practice_id, session_id, asked_at);
CREATE INDEX reschedule_requests_by_therapist ON reschedule_requests (practice_id, therapist_id, asked_at, id);
CREATE INDEX reschedule_requests_newest ON reschedule_requests (practice_id, asked_at, id);
CALL isolate_by_practice('reschedule_requests');

-- A session that is moved, held, missed or cancelled, by whomever and in whichever way, leaves no question open about where
-- it was. Approving decides the request before it moves the session, so it finds none here.
CREATE FUNCTION outdate_reschedule_requests() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE reschedule_requests SET status = 'outdated', decided_at = NEW.changed_at, version = version + 1
  WHERE practice_id = NEW.practice_id AND session_id = NEW.id AND status = 'pending';
  RETURN NULL;
END $$;
CREATE TRIGGER outdates_requests AFTER UPDATE ON sessions FOR EACH ROW
  WHEN (NEW.starts_at <> OLD.starts_at OR NEW.status <> OLD.status) EXECUTE FUNCTION outdate_reschedule_requests();

-- Pages that show sessions show what is asked about them.
CREATE TRIGGER live AFTER INSERT OR UPDATE OF version ON reschedule_requests FOR EACH ROW
  EXECUTE FUNCTION tell_live('session');

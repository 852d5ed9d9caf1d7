-- Recurring sessions (004 §4.4, product §6). A series is a rule; every date it names becomes a session once, seven days
-- before, or is skipped with its reasons.

CREATE TABLE series (
  practice_id   uuid NOT NULL REFERENCES practices,
  id            uuid NOT NULL,
  patient_id    uuid NOT NULL,
  therapist_id  uuid NOT NULL,
  service_id    uuid NOT NULL,
  version       integer NOT NULL DEFAULT 1,
  status        text NOT NULL CHECK (status IN ('active', 'paused', 'stopped', 'completed')),
  frequency     text NOT NULL CHECK (frequency IN ('weekly', 'biweekly', 'monthly', 'every_n_days')),
  -- Days from one occurrence to the next, for 'every_n_days'.
  interval_days integer CHECK (interval_days BETWEEN 1 AND 366),
  -- A date of the series: it fixes the weekday, the parity of weeks, the day of the month.
  anchor        date NOT NULL,
  -- No date before this one is decided by the rule as it is now: a change holds from here on.
  holds_from    date NOT NULL,
  ends_on       date,
  -- The therapist's wall clock, in minutes from midnight.
  starts_min    integer NOT NULL CHECK (starts_min BETWEEN 0 AND 1439),
  duration_min  integer NOT NULL CHECK (duration_min BETWEEN 15 AND 240 AND duration_min % 5 = 0),
  price_minor   bigint NOT NULL CHECK (price_minor BETWEEN 0 AND 100000000000),
  currency      char(3) NOT NULL,
  -- BR-RS-007
  payment_notice_days integer NOT NULL DEFAULT 3 CHECK (payment_notice_days BETWEEN 1 AND 14),
  -- When there is something to do, on the therapist's calendar: seven days before the next date that is not decided, or the
  -- day after the series has ended. NULL: nothing. The worker asks for it.
  due_on        date,
  created_at    timestamptz NOT NULL,
  created_by    uuid,
  -- When the time was agreed: of two series that want the same, the one that did so first has it.
  agreed_at     timestamptz NOT NULL,
  changed_at    timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, patient_id) REFERENCES patients,
  FOREIGN KEY (practice_id, therapist_id) REFERENCES therapists,
  FOREIGN KEY (practice_id, service_id) REFERENCES services,
  CHECK ((frequency = 'every_n_days') = (interval_days IS NOT NULL)),
  CHECK (ends_on IS NULL OR ends_on >= anchor),
  CHECK (status = 'active' OR due_on IS NULL)
);
CREATE INDEX series_by_patient ON series (practice_id, patient_id);
CREATE INDEX series_by_therapist ON series (practice_id, therapist_id, due_on);
CREATE INDEX series_due ON series (due_on, practice_id, therapist_id) WHERE due_on IS NOT NULL;
-- A form that is sent twice makes one series.
CREATE UNIQUE INDEX series_made_twice ON series (practice_id, patient_id, therapist_id, anchor, starts_min)
  WHERE status IN ('active', 'paused');
CALL isolate_by_practice('series');

-- What became of a date. One row per series and date makes generation safe to repeat and to run twice at once.
CREATE TABLE series_occurrences (
  practice_id uuid NOT NULL REFERENCES practices,
  series_id   uuid NOT NULL,
  -- The date the rule names; the session itself may be moved.
  on_date     date NOT NULL,
  state       text NOT NULL CHECK (state IN ('created', 'skipped', 'dismissed')),
  session_id  uuid,
  -- Why it was skipped: codes of contracts::series::Conflict, with what is needed to explain them.
  conflicts   jsonb NOT NULL DEFAULT '[]',
  decided_at  timestamptz NOT NULL,
  PRIMARY KEY (practice_id, series_id, on_date),
  FOREIGN KEY (practice_id, series_id) REFERENCES series,
  FOREIGN KEY (practice_id, session_id) REFERENCES sessions,
  CHECK ((state = 'created') = (session_id IS NOT NULL))
);
CREATE UNIQUE INDEX series_occurrences_by_session ON series_occurrences (practice_id, session_id);
CREATE INDEX series_occurrences_skipped ON series_occurrences (practice_id, on_date) WHERE state = 'skipped';
CALL isolate_by_practice('series_occurrences');

-- Therapists of whose series one is due on this day or before, with their zone: whether that day has come is theirs to say.
CREATE POLICY lookup ON series FOR SELECT TO calma_lookup USING (true);
GRANT SELECT (practice_id, therapist_id, due_on) ON series TO calma_lookup;
GRANT SELECT (time_zone) ON therapists TO calma_lookup;
CREATE FUNCTION lookup.therapists_with_due_series(until date)
  RETURNS TABLE (practice_id uuid, therapist_id uuid, time_zone text, due_on date)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.practice_id, s.therapist_id, t.time_zone, s.due_on
  FROM (SELECT practice_id, therapist_id, min(due_on) AS due_on FROM series WHERE due_on <= until GROUP BY 1, 2) s
  JOIN therapists t ON t.practice_id = s.practice_id AND t.id = s.therapist_id $$;
GRANT CREATE ON SCHEMA lookup TO calma_lookup;
ALTER FUNCTION lookup.therapists_with_due_series(date) OWNER TO calma_lookup;
REVOKE CREATE ON SCHEMA lookup FROM calma_lookup;
REVOKE ALL ON FUNCTION lookup.therapists_with_due_series(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lookup.therapists_with_due_series(date) TO calma_app;

CREATE TRIGGER live AFTER INSERT OR UPDATE OF version ON series FOR EACH ROW EXECUTE FUNCTION tell_live('series');
-- What became a session is told by the session.
CREATE TRIGGER live AFTER INSERT OR UPDATE ON series_occurrences FOR EACH ROW WHEN (NEW.state <> 'created')
  EXECUTE FUNCTION tell_live('series');

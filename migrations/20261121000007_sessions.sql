-- The diary. Every session has a booking, whoever made it: the booking is the patient's handle (its link, its messages,
-- its reference for transfers), the session is what happens in the room (ADR 7).

ALTER TABLE bookings ADD COLUMN source text NOT NULL DEFAULT 'public' CHECK (source IN ('public', 'staff', 'series'));

ALTER TABLE sessions
  ALTER COLUMN booking_id SET NOT NULL,
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  ADD COLUMN changed_at timestamptz NOT NULL,
  -- A member put it outside the opening hours, knowingly.
  ADD COLUMN outside_hours boolean NOT NULL DEFAULT false,
  ADD COLUMN started_at timestamptz,
  ADD COLUMN ended_at timestamptz,
  ADD COLUMN cancel_reason text CHECK (length(cancel_reason) <= 1000),
  ADD COLUMN cancelled_by_kind text CHECK (cancelled_by_kind IN ('member', 'patient', 'system')),
  ADD COLUMN patient_told boolean,
  -- What becomes of money that was paid, decided when it was cancelled.
  ADD COLUMN refund_decision text CHECK (refund_decision IN ('refund', 'credit', 'keep')),
  ADD COLUMN waived boolean NOT NULL DEFAULT false,
  -- Sums of `payments`, kept by its trigger.
  ADD COLUMN paid_minor bigint NOT NULL DEFAULT 0 CHECK (paid_minor >= 0),
  ADD COLUMN refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor BETWEEN 0 AND paid_minor),
  ADD COLUMN payment_status text NOT NULL GENERATED ALWAYS AS (CASE
    WHEN paid_minor > 0 AND refunded_minor = paid_minor THEN 'refunded'
    WHEN paid_minor - refunded_minor >= price_minor THEN 'paid'
    WHEN waived THEN 'waived'
    WHEN paid_minor > refunded_minor THEN 'partly_paid'
    ELSE 'pending' END) STORED,
  -- Hours before the start at which an unpaid session is reminded of: 24, or the series' own days (BR-RS-007).
  ADD COLUMN payment_notice_hours integer NOT NULL DEFAULT 24 CHECK (payment_notice_hours BETWEEN 1 AND 336),
  -- When each reminder is due; NULL once it was sent, or when there is nothing to remind of.
  ADD COLUMN day_reminder_at timestamptz,
  ADD COLUMN join_reminder_at timestamptz,
  ADD COLUMN payment_reminder_at timestamptz;

CREATE INDEX sessions_by_start ON sessions (practice_id, starts_at, id);
CREATE INDEX sessions_by_creation ON sessions (practice_id, created_at, id);
CREATE INDEX sessions_by_status ON sessions (practice_id, status, starts_at, id);
CREATE INDEX sessions_by_payment ON sessions (practice_id, payment_status, starts_at, id);
DROP INDEX sessions_by_therapist_start;
CREATE INDEX sessions_by_therapist ON sessions (practice_id, therapist_id, starts_at, id);
DROP INDEX sessions_by_patient;
CREATE INDEX sessions_by_patient ON sessions (practice_id, patient_id, starts_at, id);
CREATE INDEX sessions_day_reminders ON sessions (day_reminder_at) WHERE day_reminder_at IS NOT NULL;
CREATE INDEX sessions_join_reminders ON sessions (join_reminder_at) WHERE join_reminder_at IS NOT NULL;
CREATE INDEX sessions_payment_reminders ON sessions (payment_reminder_at) WHERE payment_reminder_at IS NOT NULL;

-- Reminders follow the session: a moved session is reminded of at its new time, a cancelled one never, and a moment that
-- had passed when the session was made or moved is not caught up with. `changed_at` is the program's clock at the change.
CREATE FUNCTION plan_reminders() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  open_one boolean := NEW.status = 'scheduled';
  day timestamptz := NEW.starts_at - interval '24 hours';
  soon timestamptz := NEW.starts_at - interval '15 minutes';
  payment timestamptz := NEW.starts_at - make_interval(hours => NEW.payment_notice_hours);
BEGIN
  NEW.day_reminder_at := CASE WHEN open_one AND day > NEW.changed_at THEN day END;
  -- Who opens the room early still wants the patient to come.
  NEW.join_reminder_at := CASE WHEN NEW.status IN ('scheduled', 'in_progress') AND soon > NEW.changed_at THEN soon END;
  NEW.payment_reminder_at := CASE WHEN open_one AND payment > NEW.changed_at THEN payment END;
  RETURN NEW;
END $$;
CREATE TRIGGER reminders_first BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION plan_reminders();
CREATE TRIGGER reminders_again BEFORE UPDATE ON sessions FOR EACH ROW
  WHEN (NEW.starts_at <> OLD.starts_at OR NEW.status <> OLD.status OR NEW.payment_notice_hours <> OLD.payment_notice_hours)
  EXECUTE FUNCTION plan_reminders();

-- Money received for sessions and given back. Append-only: a mistake is taken back by a refund.
CREATE TABLE payments (
  practice_id  uuid NOT NULL REFERENCES practices,
  id           uuid NOT NULL,
  patient_id   uuid NOT NULL,
  session_id   uuid NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('payment', 'refund')),
  method       text NOT NULL CHECK (method IN ('mpesa', 'bank_transfer', 'cash')),
  amount_minor bigint NOT NULL CHECK (amount_minor BETWEEN 1 AND 100000000000),
  currency     char(3) NOT NULL,
  received_on  date NOT NULL,
  reference    text NOT NULL DEFAULT '' CHECK (length(reference) <= 80),
  -- NULL: the program did, from a verified proof.
  recorded_by  uuid,
  recorded_at  timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, patient_id) REFERENCES patients,
  FOREIGN KEY (practice_id, session_id) REFERENCES sessions
);
CREATE INDEX payments_by_session ON payments (practice_id, session_id, recorded_at);
CREATE INDEX payments_by_patient ON payments (practice_id, patient_id, received_on);
CALL isolate_by_practice('payments', writable => false);

-- The session's sums follow its payments. The row is locked by the update, so two payments at once add up.
CREATE FUNCTION add_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sessions SET version = version + 1,
    paid_minor = paid_minor + CASE NEW.kind WHEN 'payment' THEN NEW.amount_minor ELSE 0 END,
    refunded_minor = refunded_minor + CASE NEW.kind WHEN 'refund' THEN NEW.amount_minor ELSE 0 END
  WHERE practice_id = NEW.practice_id AND id = NEW.session_id;
  RETURN NULL;
END $$;
CREATE TRIGGER sums AFTER INSERT ON payments FOR EACH ROW EXECUTE FUNCTION add_payment();

CREATE TRIGGER live AFTER INSERT OR UPDATE OF version ON sessions FOR EACH ROW EXECUTE FUNCTION tell_live('session');

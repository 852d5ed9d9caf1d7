-- Messages by other ways than e-mail and what became of them, reminders, a practice's own templates, who wants no
-- reminders, and what members are told inside of Calma (ADR 10).

-- contracts::messages::MessageSettings; what is missing has its default.
ALTER TABLE practices ADD COLUMN message_settings jsonb NOT NULL DEFAULT '{}';

ALTER TABLE messages
  ADD COLUMN channel text NOT NULL DEFAULT 'email' CHECK (channel IN ('email', 'sms', 'whatsapp')),
  ADD COLUMN patient_id uuid,
  ADD COLUMN session_id uuid,
  ADD COLUMN series_id uuid,
  -- In whose name it goes out, where that is not the practice's.
  ADD COLUMN sender_name text NOT NULL DEFAULT '' CHECK (length(sender_name) <= 120),
  -- What it was written from, so that it can be written again for another channel. Gone with its recipient.
  ADD COLUMN facts jsonb,
  -- WhatsApp: the approved template that goes out instead of the words, and what its placeholders stand for.
  ADD COLUMN content_sid text CHECK (content_sid ~ '^HX[0-9a-fA-F]{32}$'),
  ADD COLUMN content_variables jsonb,
  -- The provider's own id, and what the provider said after taking it; NULL: nothing yet.
  ADD COLUMN provider_id text CHECK (length(provider_id) <= 64),
  ADD COLUMN delivery text CHECK (delivery IN ('queued', 'sent', 'delivered', 'undelivered', 'failed')),
  ADD COLUMN delivered_at timestamptz,
  -- Since when it is with the provider and nobody knows the answer yet. Whoever finds it set asks the provider first.
  ADD COLUMN handed_over_at timestamptz,
  -- The message that did not arrive and in whose place this one was written.
  ADD COLUMN fallback_of uuid,
  -- When its failure was dealt with: sent another way, or the patient was called.
  ADD COLUMN settled_at timestamptz,
  -- It tells of a change and waits a moment: a newer one about the same booking takes its place.
  ADD COLUMN announces boolean NOT NULL DEFAULT false,
  -- The start that the patient was told last, so that several moves are told as one.
  ADD COLUMN known_start timestamptz,
  -- A reminder of this start: of no use once that has come, or once the session has another.
  ADD COLUMN reminds_of timestamptz,
  DROP CONSTRAINT messages_status_check,
  ADD CONSTRAINT messages_status_check CHECK (status IN ('queued', 'sent', 'failed', 'dropped')),
  ADD FOREIGN KEY (practice_id, patient_id) REFERENCES patients ON DELETE SET NULL (patient_id),
  ADD FOREIGN KEY (practice_id, session_id) REFERENCES sessions,
  ADD FOREIGN KEY (practice_id, series_id) REFERENCES series,
  ADD FOREIGN KEY (practice_id, fallback_of) REFERENCES messages ON DELETE SET NULL (fallback_of);
-- Who sends mails and who sends texts look for theirs only: for practices that have some, then for those of one practice.
DROP INDEX messages_due;
CREATE INDEX messages_due ON messages (next_attempt_at) WHERE status = 'queued' AND channel = 'email';
CREATE INDEX messages_due_texts ON messages (next_attempt_at) WHERE status = 'queued' AND channel <> 'email';
CREATE INDEX messages_claimed ON messages (practice_id, next_attempt_at, id) WHERE status = 'queued' AND channel = 'email';
CREATE INDEX messages_claimed_texts ON messages (practice_id, next_attempt_at, id) WHERE status = 'queued' AND channel <> 'email';
CREATE INDEX messages_by_patient ON messages (practice_id, patient_id, created_at DESC, id DESC);
CREATE INDEX messages_by_session ON messages (practice_id, session_id);
CREATE INDEX messages_by_fallback ON messages (practice_id, fallback_of) WHERE fallback_of IS NOT NULL;
CREATE INDEX messages_by_series ON messages (practice_id, series_id) WHERE series_id IS NOT NULL;
CREATE INDEX messages_announcing ON messages (practice_id, booking_id) WHERE announces AND status = 'queued';
DROP INDEX messages_failed;
CREATE INDEX messages_failed ON messages (practice_id, created_at DESC, id DESC) WHERE status = 'failed' AND settled_at IS NULL;

-- Whoever erases a recipient erases what the message was written from, whether they think of it or not.
CREATE FUNCTION forget_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.facts := NULL;
  NEW.content_variables := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER forgets BEFORE UPDATE OF recipient ON messages FOR EACH ROW
  WHEN (NEW.recipient = '' AND OLD.recipient <> '') EXECUTE FUNCTION forget_facts();

-- Unpaid sessions are reminded of as many hours ahead as the practice says; a series says so itself (BR-RS-007). Triggers
-- fire by name, so this one comes before the one that plans the reminders.
CREATE FUNCTION choose_payment_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A booking made by the same statement is not seen here: only series make theirs so, and they say it themselves.
  IF EXISTS (SELECT FROM bookings b WHERE b.practice_id = NEW.practice_id AND b.id = NEW.booking_id AND b.source <> 'series') THEN
    NEW.payment_notice_hours := coalesce(
      (SELECT (p.message_settings->>'payment_reminder_hours')::integer FROM practices p WHERE p.practice_id = NEW.practice_id),
      NEW.payment_notice_hours);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_notice_first BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION choose_payment_notice();

-- A practice's own words for a message; without a row the built-in ones hold.
CREATE TABLE message_templates (
  practice_id uuid NOT NULL REFERENCES practices,
  template    text NOT NULL CHECK (length(template) <= 60),
  language    text NOT NULL CHECK (language IN ('en', 'es')),
  channel     text NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp')),
  subject     text NOT NULL DEFAULT '' CHECK (length(subject) <= 200),
  body        text NOT NULL CHECK (length(body) BETWEEN 1 AND 4000),
  -- WhatsApp: the approved template at Twilio that goes out instead, and the names of what its placeholders stand for, in
  -- their order.
  content_sid text CHECK (content_sid ~ '^HX[0-9a-fA-F]{32}$'),
  content_variables text[] NOT NULL DEFAULT '{}' CHECK (cardinality(content_variables) <= 20),
  changed_at  timestamptz NOT NULL,
  CHECK (channel = 'whatsapp' OR content_sid IS NULL),
  PRIMARY KEY (practice_id, template, language, channel)
);
CALL isolate_by_practice('message_templates');

-- Addresses and numbers that want no reminders.
CREATE TABLE opt_outs (
  practice_id uuid NOT NULL REFERENCES practices,
  channel     text NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp')),
  address     text NOT NULL CHECK (length(address) BETWEEN 3 AND 254),
  since       timestamptz NOT NULL,
  PRIMARY KEY (practice_id, channel, address)
);
CALL isolate_by_practice('opt_outs');

-- What members are told inside of Calma. One event has one id, and a row for each member it is told to.
CREATE TABLE notifications (
  practice_id  uuid NOT NULL REFERENCES practices,
  member_id    uuid NOT NULL,
  id           uuid NOT NULL,
  -- contracts::messages::NoticeKind
  kind         text NOT NULL CHECK (length(kind) <= 40),
  booking_id   uuid,
  patient_id   uuid,
  -- Another thing that it is about, by its kind: a message, a series, a request.
  about_id     uuid,
  created_at   timestamptz NOT NULL,
  read_at      timestamptz,
  PRIMARY KEY (practice_id, member_id, id),
  FOREIGN KEY (practice_id, member_id) REFERENCES members,
  FOREIGN KEY (practice_id, booking_id) REFERENCES bookings,
  FOREIGN KEY (practice_id, patient_id) REFERENCES patients ON DELETE SET NULL (patient_id)
);
CREATE INDEX notifications_newest ON notifications (practice_id, member_id, created_at DESC, id DESC);
CREATE INDEX notifications_unread ON notifications (practice_id, member_id) WHERE read_at IS NULL;
CREATE INDEX notifications_by_booking ON notifications (practice_id, booking_id);
CREATE INDEX notifications_by_patient ON notifications (practice_id, patient_id);
CALL isolate_by_practice('notifications');

-- The bell counts anew. It says nothing about whom, so members of one practice hear of each other's; many rows of one
-- transaction are one notice.
CREATE FUNCTION tell_bell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('calma', jsonb_build_object('p', NEW.practice_id, 'k', 'notice')::text);
  RETURN NULL;
END $$;
CREATE TRIGGER live AFTER INSERT OR UPDATE ON notifications FOR EACH ROW EXECUTE FUNCTION tell_bell();

-- Practices in which a reminder is due, and those that know a phone number: whoever answers STOP says it to the number
-- that all practices of an installation send from.
CREATE POLICY lookup_reminders ON sessions FOR SELECT TO calma_lookup USING (true);
GRANT SELECT (practice_id, day_reminder_at, join_reminder_at, payment_reminder_at) ON sessions TO calma_lookup;
GRANT SELECT (recipient, channel) ON messages TO calma_lookup;
GRANT SELECT (phone) ON patients TO calma_lookup;
CREATE INDEX messages_to_phones ON messages (recipient) WHERE channel <> 'email';
CREATE INDEX patients_phone_anywhere ON patients (phone) WHERE deleted_at IS NULL AND phone IS NOT NULL;

CREATE FUNCTION lookup.practices_with_due_reminders(at timestamptz) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT practice_id FROM sessions WHERE day_reminder_at <= at UNION
  SELECT practice_id FROM sessions WHERE join_reminder_at <= at UNION
  SELECT practice_id FROM sessions WHERE payment_reminder_at <= at $$;
-- Practices with a mail to send, or with a text.
CREATE FUNCTION lookup.practices_with_due_messages(at timestamptz, texts boolean) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF texts THEN
    RETURN QUERY SELECT DISTINCT practice_id FROM messages WHERE status = 'queued' AND channel <> 'email' AND next_attempt_at <= at;
  ELSE
    RETURN QUERY SELECT DISTINCT practice_id FROM messages WHERE status = 'queued' AND channel = 'email' AND next_attempt_at <= at;
  END IF;
END $$;
CREATE FUNCTION lookup.practices_of_phone(number text) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT practice_id FROM messages WHERE recipient = number AND channel <> 'email' UNION
  SELECT practice_id FROM patients WHERE phone = number AND deleted_at IS NULL $$;
GRANT CREATE ON SCHEMA lookup TO calma_lookup;
ALTER FUNCTION lookup.practices_with_due_reminders(timestamptz) OWNER TO calma_lookup;
ALTER FUNCTION lookup.practices_of_phone(text) OWNER TO calma_lookup;
ALTER FUNCTION lookup.practices_with_due_messages(timestamptz, boolean) OWNER TO calma_lookup;
REVOKE CREATE ON SCHEMA lookup FROM calma_lookup;
REVOKE ALL ON FUNCTION lookup.practices_with_due_reminders(timestamptz), lookup.practices_of_phone(text),
  lookup.practices_with_due_messages(timestamptz, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lookup.practices_with_due_reminders(timestamptz), lookup.practices_of_phone(text),
  lookup.practices_with_due_messages(timestamptz, boolean) TO calma_app;

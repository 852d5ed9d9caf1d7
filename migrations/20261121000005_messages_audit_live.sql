-- Messages to people, the audit log, idempotency keys, and the notices that keep open pages and caches fresh.

-- Written in the transaction of its cause, sent by a worker. It holds the finished text, so what was sent can be read.
CREATE TABLE messages (
  practice_id     uuid NOT NULL REFERENCES practices,
  id              uuid NOT NULL,
  booking_id      uuid,
  template        text NOT NULL,
  language        text NOT NULL CHECK (language IN ('en', 'es')),
  recipient       text NOT NULL CHECK (length(recipient) <= 254),
  recipient_name  text NOT NULL DEFAULT '',
  subject         text NOT NULL,
  body_text       text NOT NULL,
  body_html       text NOT NULL,
  -- A calendar file to attach, when there is one.
  calendar        text,
  status          text NOT NULL CHECK (status IN ('queued', 'sent', 'failed')),
  attempts        integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz,
  last_error      text,
  created_at      timestamptz NOT NULL,
  sent_at         timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, booking_id) REFERENCES bookings,
  CHECK ((status = 'queued') = (next_attempt_at IS NOT NULL))
);
CREATE INDEX messages_due ON messages (next_attempt_at) WHERE status = 'queued';
CREATE INDEX messages_newest ON messages (practice_id, created_at DESC, id DESC);
CREATE INDEX messages_by_booking ON messages (practice_id, booking_id);
CREATE INDEX messages_failed ON messages (practice_id) WHERE status = 'failed';
CALL isolate_by_practice('messages');

-- Who did what, forever. Rows are written unsealed, so that busy transactions of one practice do not queue behind
-- each other, and a moment later the worker seals them in order: seq, the hash of the row before and its own hash.
CREATE TABLE audit_log (
  practice_id uuid NOT NULL REFERENCES practices,
  id          uuid NOT NULL,
  at          timestamptz NOT NULL,
  actor_kind  text NOT NULL CHECK (actor_kind IN ('member', 'patient', 'system', 'visitor')),
  actor_id    uuid,
  action      text NOT NULL,
  entity_id   uuid,
  -- Codes and ids only, never what a person typed.
  details     jsonb NOT NULL DEFAULT '{}',
  seq         bigint,
  prev_hash   bytea,
  hash        bytea,
  PRIMARY KEY (practice_id, id),
  CHECK (num_nonnulls(seq, hash) IN (0, 2))
);
CREATE UNIQUE INDEX audit_log_chain ON audit_log (practice_id, seq);
CREATE INDEX audit_log_unsealed ON audit_log (practice_id) WHERE seq IS NULL;
CREATE INDEX audit_log_by_entity ON audit_log (practice_id, entity_id);
CALL isolate_by_practice('audit_log', writable => false);

CREATE FUNCTION audit_log_hash(entry audit_log, seq bigint, prev bytea) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(concat_ws('|', entry.practice_id, entry.id, extract(epoch FROM entry.at)::text, entry.actor_kind,
    coalesce(entry.actor_id::text, '-'), entry.action, coalesce(entry.entity_id::text, '-'), entry.details::text, seq,
    coalesce(encode(prev, 'hex'), '-')), 'UTF8'))
$$;

-- Append-only: the only change allowed, to anybody, is sealing a row that was not sealed.
CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND NEW.seq IS NOT NULL
     AND (NEW.practice_id, NEW.id, NEW.at, NEW.actor_kind, NEW.action, NEW.details)
       = (OLD.practice_id, OLD.id, OLD.at, OLD.actor_kind, OLD.action, OLD.details)
     AND NEW.actor_id IS NOT DISTINCT FROM OLD.actor_id AND NEW.entity_id IS NOT DISTINCT FROM OLD.entity_id
     AND NEW.hash = audit_log_hash(OLD, NEW.seq, NEW.prev_hash) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON audit_log EXECUTE FUNCTION audit_log_is_append_only();
GRANT UPDATE (seq, prev_hash, hash) ON audit_log TO calma_app;

-- Up to where a practice's chain was found whole, so that a look at the log recomputes only what is new. It is a second
-- witness too: a chain that was rewritten or cut short from outside no longer holds the seal that is noted here.
CREATE TABLE audit_checks (
  practice_id uuid PRIMARY KEY REFERENCES practices,
  seq         bigint NOT NULL CHECK (seq > 0),
  hash        bytea NOT NULL,
  -- When the chain was last recomputed from its beginning.
  whole_at    timestamptz NOT NULL
);
CALL isolate_by_practice('audit_checks');

-- Answers to writes that carried an Idempotency-Key; the same key answers the same for a day.
CREATE TABLE idempotency_keys (
  scope        text NOT NULL,
  key          text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
  request_hash bytea NOT NULL,
  status       integer,
  body         bytea,
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO calma_app;

-- Tells every server what changed: caches drop, open pages refetch. Ids and kinds only (contracts::live::LiveEvent).
-- Rows that are written all day are asked for their columns by name; making JSON of a whole mail costs more than keeping it.
CREATE FUNCTION tell_live() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  therapist uuid;
  booking uuid;
  changed jsonb;
BEGIN
  IF TG_OP = 'DELETE' THEN NEW := OLD; END IF;
  IF TG_TABLE_NAME = 'bookings' THEN
    therapist := NEW.therapist_id;
    booking := NEW.id;
  ELSIF TG_TABLE_NAME IN ('occupancies', 'sessions') THEN
    therapist := NEW.therapist_id;
    booking := NEW.booking_id;
  ELSIF TG_TABLE_NAME = 'messages' THEN
    booking := NEW.booking_id;
  ELSIF TG_TABLE_NAME <> 'patients' THEN
    changed := to_jsonb(NEW);
    therapist := changed->>(CASE WHEN TG_TABLE_NAME = 'therapists' THEN 'id' ELSE 'therapist_id' END);
    booking := changed->>'booking_id';
  END IF;
  PERFORM pg_notify('calma', json_strip_nulls(json_build_object('p', NEW.practice_id, 'k', TG_ARGV[0], 't', therapist, 'b', booking))::text);
  RETURN NULL;
END $$;
CREATE TRIGGER live AFTER INSERT OR UPDATE OR DELETE ON occupancies FOR EACH ROW EXECUTE FUNCTION tell_live('slots');
CREATE TRIGGER live AFTER UPDATE OF version ON bookings FOR EACH ROW EXECUTE FUNCTION tell_live('booking');
-- A slot that is only held tells nobody but the slots, and what is confirmed tells of its session; a request that comes in
-- one piece is seen at once.
CREATE TRIGGER live_new AFTER INSERT ON bookings FOR EACH ROW
  WHEN (NEW.requested_at IS NOT NULL AND NEW.status <> 'confirmed') EXECUTE FUNCTION tell_live('booking');
CREATE TRIGGER live AFTER INSERT OR UPDATE OR DELETE ON availability_rules FOR EACH ROW EXECUTE FUNCTION tell_live('schedule');
CREATE TRIGGER live AFTER INSERT OR UPDATE OR DELETE ON availability_exceptions FOR EACH ROW EXECUTE FUNCTION tell_live('schedule');
CREATE TRIGGER live AFTER INSERT OR UPDATE OR DELETE ON therapists FOR EACH ROW EXECUTE FUNCTION tell_live('schedule');
CREATE TRIGGER live AFTER INSERT OR UPDATE OR DELETE ON services FOR EACH ROW EXECUTE FUNCTION tell_live('schedule');
CREATE TRIGGER live AFTER INSERT OR UPDATE OR DELETE ON therapist_services FOR EACH ROW EXECUTE FUNCTION tell_live('schedule');
CREATE TRIGGER live AFTER UPDATE ON practices FOR EACH ROW EXECUTE FUNCTION tell_live('schedule');
CREATE TRIGGER live AFTER UPDATE ON messages FOR EACH ROW EXECUTE FUNCTION tell_live('message');

-- Patients, bookings, sessions, and the one table in which no two things of a therapist can overlap.

CREATE TABLE patients (
  practice_id uuid NOT NULL REFERENCES practices,
  id          uuid NOT NULL,
  name        text NOT NULL CHECK (length(name) BETWEEN 2 AND 120),
  -- E.164; BR-BK-005: the first key to recognise a patient by, e-mail the second.
  phone       text CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
  email       text CHECK (email = lower(email) AND length(email) <= 254),
  language    text NOT NULL CHECK (language IN ('en', 'es')),
  created_at  timestamptz NOT NULL,
  deleted_at  timestamptz,
  PRIMARY KEY (practice_id, id)
);
CREATE UNIQUE INDEX patients_phone ON patients (practice_id, phone) WHERE deleted_at IS NULL;
CREATE INDEX patients_email ON patients (practice_id, email) WHERE deleted_at IS NULL;
CALL isolate_by_practice('patients');

CREATE TABLE bookings (
  practice_id    uuid NOT NULL REFERENCES practices,
  id             uuid NOT NULL,
  therapist_id   uuid NOT NULL,
  service_id     uuid NOT NULL,
  status         text NOT NULL CHECK (status IN ('held', 'pending_approval', 'awaiting_payment', 'payment_submitted',
                   'payment_processing', 'confirmed', 'declined', 'cancelled', 'expired')),
  -- Grows with every change; two people acting on the same booking are told apart by it.
  version        integer NOT NULL DEFAULT 1,
  starts_at      timestamptz NOT NULL,
  ends_at        timestamptz NOT NULL,
  price_minor    bigint NOT NULL CHECK (price_minor >= 0),
  currency       char(3) NOT NULL,
  -- The rules it was made under: contracts::practice::BookingPolicy.
  policy         jsonb NOT NULL,
  language       text NOT NULL CHECK (language IN ('en', 'es')),
  visitor_zone   text,
  -- What a person writes on a transfer. Unique in the practice so that money finds its booking.
  reference      text NOT NULL,
  -- Details as typed while held, cleaned once sent. NULL before, and after erasure.
  patient_name   text CHECK (length(patient_name) <= 500),
  patient_email  text CHECK (length(patient_email) <= 500),
  patient_phone  text CHECK (length(patient_phone) <= 500),
  first_time     boolean NOT NULL DEFAULT false,
  reason         text CHECK (length(reason) <= 4000),
  patient_id     uuid,
  -- When the present state ends by itself: hold, approval or payment. NULL: never.
  deadline       timestamptz,
  created_at     timestamptz NOT NULL,
  requested_at   timestamptz,
  changed_at     timestamptz NOT NULL,
  confirmed_at   timestamptz,
  paid_at        timestamptz,
  closed_at      timestamptz,
  closing_reason text CHECK (length(closing_reason) <= 1000),
  -- Who closed it: 'member', 'patient' or 'system'; for members their id.
  closed_by_kind text CHECK (closed_by_kind IN ('member', 'patient', 'system')),
  changed_by     uuid,
  erased_at      timestamptz,
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, reference),
  FOREIGN KEY (practice_id, therapist_id) REFERENCES therapists,
  FOREIGN KEY (practice_id, service_id) REFERENCES services,
  FOREIGN KEY (practice_id, patient_id) REFERENCES patients,
  CHECK (ends_at > starts_at),
  -- Nobody can send a request without saying who they are.
  CHECK (status = 'held' OR erased_at IS NOT NULL OR requested_at IS NULL OR
    (length(patient_name) BETWEEN 2 AND 120 AND patient_email = lower(patient_email) AND patient_phone ~ '^\+[1-9][0-9]{6,14}$')),
  CHECK (status IN ('held', 'expired', 'cancelled') OR requested_at IS NOT NULL)
);
-- The public link carries the id alone, so it is looked up without the practice.
CREATE INDEX bookings_by_id ON bookings (id);
CREATE INDEX bookings_by_start ON bookings (practice_id, starts_at, id);
CREATE INDEX bookings_by_request ON bookings (practice_id, requested_at, id) WHERE requested_at IS NOT NULL;
CREATE INDEX bookings_by_therapist_start ON bookings (practice_id, therapist_id, starts_at);
CREATE INDEX bookings_by_status ON bookings (practice_id, status, changed_at DESC, id);
CREATE INDEX bookings_by_patient ON bookings (practice_id, patient_id);
CREATE INDEX bookings_by_email ON bookings (patient_email) WHERE requested_at IS NOT NULL AND erased_at IS NULL;
CREATE INDEX bookings_due ON bookings (deadline) WHERE deadline IS NOT NULL;
CREATE INDEX bookings_to_erase ON bookings (closed_at) WHERE erased_at IS NULL AND paid_at IS NULL AND status IN ('expired', 'declined', 'cancelled');
CALL isolate_by_practice('bookings');

CREATE TABLE sessions (
  practice_id  uuid NOT NULL REFERENCES practices,
  id           uuid NOT NULL,
  booking_id   uuid,
  therapist_id uuid NOT NULL,
  patient_id   uuid NOT NULL,
  service_id   uuid NOT NULL,
  status       text NOT NULL CHECK (status IN ('scheduled', 'in_progress', 'completed', 'no_show', 'cancelled')),
  starts_at    timestamptz NOT NULL,
  ends_at      timestamptz NOT NULL,
  price_minor  bigint NOT NULL CHECK (price_minor >= 0),
  currency     char(3) NOT NULL,
  video_link   text,
  created_at   timestamptz NOT NULL,
  cancelled_at timestamptz,
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, booking_id),
  FOREIGN KEY (practice_id, booking_id) REFERENCES bookings,
  FOREIGN KEY (practice_id, therapist_id) REFERENCES therapists,
  FOREIGN KEY (practice_id, patient_id) REFERENCES patients,
  FOREIGN KEY (practice_id, service_id) REFERENCES services,
  CHECK (ends_at > starts_at)
);
CREATE INDEX sessions_by_therapist_start ON sessions (practice_id, therapist_id, starts_at);
CREATE INDEX sessions_by_patient ON sessions (practice_id, patient_id, starts_at);
CALL isolate_by_practice('sessions');

-- What takes a therapist's time. Holds, requests and sessions move the same row; it is never free in between, and
-- the exclusion constraint makes an overlap impossible whatever the program does. Buffers are part of the span.
-- A row exists exactly while something keeps its slot: freeing a slot deletes it.
CREATE TABLE occupancies (
  practice_id  uuid NOT NULL REFERENCES practices,
  id           uuid NOT NULL,
  therapist_id uuid NOT NULL,
  booking_id   uuid,
  session_id   uuid,
  -- 'locked' while it is being booked, 'booked' once it is certain.
  firm         boolean NOT NULL,
  starts_at    timestamptz NOT NULL,
  ends_at      timestamptz NOT NULL,
  -- With buffers. timestamptz minus interval is not immutable, so the edges are stored, not derived.
  blocked_from  timestamptz NOT NULL,
  blocked_until timestamptz NOT NULL,
  span tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(blocked_from, blocked_until, '[)')) STORED,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, therapist_id) REFERENCES therapists,
  FOREIGN KEY (practice_id, booking_id) REFERENCES bookings,
  FOREIGN KEY (practice_id, session_id) REFERENCES sessions,
  CHECK (blocked_from <= starts_at AND starts_at < ends_at AND ends_at <= blocked_until),
  CHECK (num_nonnulls(booking_id, session_id) >= 1),
  CONSTRAINT occupancies_never_overlap EXCLUDE USING gist (practice_id WITH =, therapist_id WITH =, span WITH &&)
);
CREATE UNIQUE INDEX occupancies_one_per_booking ON occupancies (practice_id, booking_id);
CREATE UNIQUE INDEX occupancies_one_per_session ON occupancies (practice_id, session_id);
CREATE INDEX occupancies_by_time ON occupancies (practice_id, therapist_id, blocked_until);
CALL isolate_by_practice('occupancies');

CREATE TABLE payment_proofs (
  practice_id   uuid NOT NULL REFERENCES practices,
  id            uuid NOT NULL,
  booking_id    uuid NOT NULL,
  method        text NOT NULL CHECK (method IN ('mpesa', 'bank_transfer', 'cash')),
  reference     text NOT NULL CHECK (length(reference) BETWEEN 1 AND 80),
  -- For finding the same reference again. A column, since row-level security keeps lower() out of index searches.
  reference_key text NOT NULL GENERATED ALWAYS AS (lower(reference)) STORED,
  file_id       uuid,
  state         text NOT NULL CHECK (state IN ('submitted', 'verified', 'rejected', 'credit', 'refunded')),
  -- It came after the booking had expired; its money is never lost (product §4).
  late          boolean NOT NULL DEFAULT false,
  submitted_at  timestamptz NOT NULL,
  decided_at    timestamptz,
  decided_by    uuid,
  reject_reason text CHECK (length(reject_reason) <= 1000),
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, booking_id) REFERENCES bookings,
  FOREIGN KEY (practice_id, file_id) REFERENCES files
);
CREATE INDEX payment_proofs_by_booking ON payment_proofs (practice_id, booking_id, submitted_at DESC);
CREATE INDEX payment_proofs_by_reference ON payment_proofs (practice_id, reference_key);
CREATE INDEX payment_proofs_by_file ON payment_proofs (practice_id, file_id);
CREATE UNIQUE INDEX payment_proofs_one_open ON payment_proofs (practice_id, booking_id) WHERE state = 'submitted';
CALL isolate_by_practice('payment_proofs');

-- People and practices.

-- The tenant. Its own id is the practice id, under the same name as everywhere else.
CREATE TABLE practices (
  practice_id   uuid PRIMARY KEY,
  name          text NOT NULL CHECK (length(name) BETWEEN 2 AND 120),
  currency      char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  language      text NOT NULL CHECK (language IN ('en', 'es')),
  time_zone     text NOT NULL,
  -- contracts::practice::{PaymentInstructions, BookingPolicy}
  instructions  jsonb NOT NULL,
  policy        jsonb NOT NULL,
  video_base    text NOT NULL DEFAULT '' CHECK (length(video_base) <= 200),
  -- Set when the owner confirmed the e-mail address; nothing is public before.
  confirmed_at  timestamptz,
  created_at    timestamptz NOT NULL
);
CALL isolate_by_practice('practices');

-- Users belong to no practice: one person may be a member of several. No personal data of patients is here.
CREATE TABLE users (
  id                 uuid PRIMARY KEY,
  email              text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) <= 254),
  name               text NOT NULL CHECK (length(name) BETWEEN 2 AND 120),
  password_hash      text NOT NULL,
  language           text NOT NULL CHECK (language IN ('en', 'es')),
  email_confirmed_at timestamptz,
  created_at         timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON users TO calma_app;

CREATE TABLE members (
  practice_id uuid NOT NULL REFERENCES practices,
  id          uuid NOT NULL,
  user_id     uuid NOT NULL REFERENCES users,
  role        text NOT NULL CHECK (role IN ('admin', 'operator', 'therapist', 'caregiver', 'accountant', 'viewer')),
  created_at  timestamptz NOT NULL,
  disabled_at timestamptz,
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id);
CALL isolate_by_practice('members');

CREATE TABLE invitations (
  practice_id uuid NOT NULL REFERENCES practices,
  id          uuid NOT NULL,
  email       text NOT NULL CHECK (email = lower(email) AND length(email) <= 254),
  role        text NOT NULL CHECK (role IN ('admin', 'operator', 'therapist', 'caregiver', 'accountant', 'viewer')),
  token_hash  bytea NOT NULL,
  invited_by  uuid NOT NULL,
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  accepted_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, invited_by) REFERENCES members
);
CREATE INDEX invitations_by_token ON invitations (token_hash);
CREATE UNIQUE INDEX invitations_open_once ON invitations (practice_id, email) WHERE accepted_at IS NULL;
CALL isolate_by_practice('invitations');

-- One login of one device: a family of refresh tokens, of which only the newest is good. An old one that is used
-- again ends the family (product §13).
CREATE TABLE login_sessions (
  id          uuid PRIMARY KEY,
  user_id     uuid NOT NULL REFERENCES users,
  practice_id uuid NOT NULL,
  created_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  end_reason  text
);
CREATE INDEX login_sessions_by_user ON login_sessions (user_id);
CREATE TABLE refresh_tokens (
  token_hash       bytea PRIMARY KEY,
  login_session_id uuid NOT NULL REFERENCES login_sessions,
  issued_at        timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  -- When it was exchanged for the next one. Two tabs may do so at once, so a few seconds of grace are allowed.
  used_at          timestamptz
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (login_session_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON login_sessions, refresh_tokens TO calma_app;

-- Links that work once: confirm an address, reset a password, sign a patient in to their bookings.
CREATE TABLE one_time_links (
  token_hash  bytea PRIMARY KEY,
  purpose     text NOT NULL CHECK (purpose IN ('confirm_email', 'reset_password', 'patient_sign_in')),
  user_id     uuid REFERENCES users,
  email       text,
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  used_at     timestamptz,
  CHECK (num_nonnulls(user_id, email) = 1)
);
CREATE INDEX one_time_links_by_expiry ON one_time_links (expires_at);
CREATE INDEX one_time_links_by_user ON one_time_links (user_id);
-- A patient who followed such a link; the cookie holds the token.
CREATE TABLE patient_logins (
  token_hash bytea PRIMARY KEY,
  email      text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON one_time_links, patient_logins TO calma_app;

-- Counts of failed logins by account and by address, as hashes: neither is readable here.
CREATE TABLE throttles (
  key          bytea PRIMARY KEY,
  failures     integer NOT NULL,
  window_start timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON throttles TO calma_app;

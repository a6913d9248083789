-- What the chat must know of who may no longer use it: it reads this table every few seconds. A token of before `at` is
-- worth nothing. `subject` is the id of a user, the id of a session (as tokens name it) or the slug of a room.
CREATE TABLE chat_revocations (
  kind text NOT NULL CHECK (kind IN ('user', 'session', 'room')),
  subject text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (kind, subject)
);
CREATE INDEX chat_revocations_age ON chat_revocations (at);

-- The log-ins of each user, to look at and to end. What a session holds is in Redis; here is only a digest of its id.
CREATE TABLE sessions (
  sid text PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  started_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  address text NOT NULL,
  agent text NOT NULL,
  ended_at timestamptz
);
CREATE INDEX sessions_user ON sessions (user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_age ON sessions (seen_at);

-- The secret is encrypted with a key that is not in the database. `totp_step` is the last one that was used, so that a
-- code that somebody saw over a shoulder does not work a second time.
ALTER TABLE users ADD COLUMN totp_secret text, ADD COLUMN totp_step bigint NOT NULL DEFAULT 0;

CREATE TABLE recovery_codes (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  digest text NOT NULL,
  PRIMARY KEY (user_id, digest)
);

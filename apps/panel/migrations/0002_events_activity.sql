-- The transactional outbox: an event is written in the transaction of the change it tells of. `handled_at` is set by
-- the job in the transaction of its effect, so this table, not Redis, knows what is still to be done.
CREATE TABLE events (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind text NOT NULL,
  actor_id uuid,
  actor_name text NOT NULL,
  subject text NOT NULL DEFAULT '',
  request_id text,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  publications integer NOT NULL DEFAULT 0,
  publish_after timestamptz NOT NULL DEFAULT now(),
  handled_at timestamptz
);
CREATE INDEX events_to_publish ON events (publish_after) WHERE handled_at IS NULL;
CREATE INDEX events_handled ON events (handled_at) WHERE handled_at IS NOT NULL;

-- event_id is the idempotency key: a job that runs twice inserts once.
CREATE TABLE activity (
  event_id uuid PRIMARY KEY,
  kind text NOT NULL,
  actor_id uuid,
  actor_name text NOT NULL,
  subject text NOT NULL,
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  worker text NOT NULL
);
CREATE INDEX activity_newest ON activity (at DESC, event_id DESC);

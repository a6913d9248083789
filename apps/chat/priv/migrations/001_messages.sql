CREATE TABLE rooms (
  slug text PRIMARY KEY,
  last_seq bigint NOT NULL DEFAULT 0
);

CREATE TABLE messages (
  room text NOT NULL REFERENCES rooms (slug),
  seq bigint NOT NULL,
  id uuid NOT NULL,
  user_id text NOT NULL,
  user_name text NOT NULL,
  body text NOT NULL CHECK (char_length(body) BETWEEN 1 AND 4000),
  node text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (room, seq),
  UNIQUE (room, id)
);

-- Every statement of the function sees what was committed before it began, so what is read after the row lock is what
-- the previous holder of the lock committed.
CREATE FUNCTION append_message(p_room text, p_id uuid, p_user_id text, p_user_name text, p_body text, p_node text)
RETURNS TABLE (seq bigint, at timestamptz, is_new boolean, same_user boolean)
LANGUAGE plpgsql VOLATILE SET search_path = chat AS $$
#variable_conflict use_column
DECLARE
  stored record;
  next_seq bigint;
BEGIN
  PERFORM 1 FROM rooms WHERE slug = p_room FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO rooms (slug) VALUES (p_room) ON CONFLICT DO NOTHING;
    PERFORM 1 FROM rooms WHERE slug = p_room FOR UPDATE;
  END IF;

  SELECT m.seq, m.at, m.user_id INTO stored FROM messages m WHERE m.room = p_room AND m.id = p_id;
  IF FOUND THEN
    RETURN QUERY SELECT stored.seq, stored.at, false, stored.user_id = p_user_id;
    RETURN;
  END IF;

  UPDATE rooms SET last_seq = last_seq + 1 WHERE slug = p_room RETURNING last_seq INTO next_seq;
  INSERT INTO messages (room, seq, id, user_id, user_name, body, node)
    VALUES (p_room, next_seq, p_id, p_user_id, p_user_name, p_body, p_node)
    RETURNING messages.at INTO at;
  RETURN QUERY SELECT next_seq, at, true, true;
END
$$;

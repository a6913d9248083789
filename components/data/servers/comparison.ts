/**
 * Compares the censuses of two servers, there and here, and prints one line of JSON: how much was compared, and what
 * differs. Of roles, tables and the like it says that they differ; of rows and sequences how much.
 */
export const exactComparison = `SET client_min_messages = warning;
CREATE TEMP TABLE census (moment text, kind text, db text, name text, value text);
\\copy census FROM pstdin WITH (FORMAT csv, FORCE_NOT_NULL (db, name, value))
CREATE TEMP TABLE differences AS SELECT kind, db, name, there, here FROM (
  SELECT kind, db, name, t.value AS there, h.value AS here
  FROM (SELECT * FROM census WHERE moment = 'there') t
  FULL JOIN (SELECT * FROM census WHERE moment = 'here') h USING (kind, db, name)
  WHERE kind IN ('role', 'database', 'extension', 'schema', 'relation', 'rows', 'checksum', 'sequence')
) AS compared WHERE there IS DISTINCT FROM here;
SELECT json_build_object(
  'different', (SELECT count(*) FROM differences),
  'differences', (SELECT coalesce(json_agg(CASE
      WHEN there IS NULL THEN format('%s %s is here alone', kind, called)
      WHEN here IS NULL THEN format('%s %s is there alone', kind, called)
      WHEN kind IN ('rows', 'sequence') THEN format('%s %s: %s there, %s here', kind, called, split_part(there, ' ', 1), split_part(here, ' ', 1))
      WHEN kind = 'checksum' THEN format('rows %s: others', called)
      ELSE format('%s %s is another', kind, called) END), '[]'::json)
    FROM (SELECT *, concat_ws(' ', nullif(db, ''), name) AS called FROM differences ORDER BY kind, db, name LIMIT 50) AS listed),
  'tables', (SELECT count(*) FROM census WHERE moment = 'here' AND kind = 'rows'),
  'rowsThere', (SELECT coalesce(sum(value::numeric), 0) FROM census WHERE moment = 'there' AND kind = 'rows'),
  'rowsHere', (SELECT coalesce(sum(value::numeric), 0) FROM census WHERE moment = 'here' AND kind = 'rows'));
`;

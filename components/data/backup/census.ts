import { psql } from "../postgresConf";

/**
 * What everybody may, in one order: a copy gives the rights in another one, and those that nobody changed not at all. `m`
 * (MAINTAIN) is a right since Postgres 17, which owners have there by themselves.
 */
const rights = (acl: string) =>
  `(SELECT string_agg(acl, ' ' ORDER BY acl) FROM (SELECT regexp_replace(item::text, '(=[A-Za-ln-z*]*)m\\*?', '\\1') AS acl FROM unnest(${acl}) AS item) AS items)`;

/**
 * What of a server is compared after a restore, as CSV: moment, kind, database, name, value. Kinds whose value must be the
 * same (`role`, `database`, `extension`, `schema`, `relation`), and numbers that may move meanwhile (`rows`, `sequence`).
 * `inserted`, `deleted` and `file` tell how far `rows` may have moved.
 */
const ofServer = `SELECT 'role', '', rolname, md5(concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
    rolreplication, rolbypassrls, rolconnlimit, rolpassword, rolvaliduntil, (SELECT string_agg(setconfig::text, ' ' ORDER BY setconfig::text)
      FROM pg_db_role_setting WHERE setrole = pg_authid.oid),
    (SELECT string_agg(pg_get_userbyid(roleid), ' ' ORDER BY pg_get_userbyid(roleid)) FROM pg_auth_members WHERE member = pg_authid.oid)))
  FROM pg_authid WHERE rolname !~ '^pg_'
UNION ALL SELECT 'database', '', datname, md5(concat_ws(' ', pg_get_userbyid(datdba), encoding, datcollate, datctype, ${rights("coalesce(datacl, acldefault('d', datdba))")}))
  FROM pg_database;`;

const ownSchemas = "nspname !~ '^pg_' AND nspname <> 'information_schema'";

const ofDatabase = `SET lock_timeout = '60s';
SELECT 'extension', current_database(), extname, extversion FROM pg_extension
UNION ALL SELECT 'schema', current_database(), nspname, md5(concat_ws(' ', pg_get_userbyid(nspowner), ${rights("coalesce(nspacl, acldefault('n', nspowner))")}))
  FROM pg_namespace WHERE ${ownSchemas}
UNION ALL SELECT 'relation', current_database(), format('%I.%I', nspname, relname), md5(concat_ws(' ', relkind, pg_get_userbyid(relowner),
    ${rights("coalesce(relacl, acldefault((CASE relkind WHEN 'S' THEN 's' ELSE 'r' END)::\"char\", relowner))")},
    (SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull), ',' ORDER BY attnum)
      FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped)))
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE ${ownSchemas};`;

/** How far tables may have moved: what was put in and taken out since the server's statistics began, and the file. */
const movement = `SELECT kind, current_database(), format('%I.%I', schemaname, relname), value FROM pg_stat_user_tables,
  LATERAL (VALUES ('inserted', n_tup_ins::text), ('deleted', n_tup_del::text), ('file', pg_relation_filenode(relid)::text)) AS moved (kind, value)
  WHERE value IS NOT NULL;`;

/** Of each sequence its value, and the most that a crash or a restore may skip (SEQ_LOG_VALS, sequence.c, and its cache). */
const sequences = `SELECT format('SELECT ''sequence'', current_database(), %L, concat_ws('' '', last_value, %L) FROM %I.%I',
    format('%I.%I', schemaname, sequencename), (32 + cache_size) * increment_by, schemaname, sequencename)
  FROM pg_sequences WHERE NOT cycle AND schemaname !~ '^pg_' \\gexec`;

/** Of every table that outlives a crash. `found` are values of one look at all its rows, by their kind. */
const ofTables = (found: Readonly<Record<string, string>>, relations: string) => {
  const named = Object.entries(found);
  const columns = named.map(([kind, value]) => `(${value})::text AS ${kind}`).join(", ");
  const lines = named.map(([kind]) => `('${kind}', ${kind})`).join(", ");
  // A pair of dollars would come as one: it is how a container's command has a dollar.
  return `SELECT format($look$SELECT kind, current_database(), %L, value FROM (SELECT ${columns} FROM %I.%I AS one_row) AS found,
    LATERAL (VALUES ${lines}) AS line (kind, value)$look$, format('%I.%I', nspname, relname), nspname, relname)
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE relkind IN (${relations}) AND relpersistence = 'p' AND ${ownSchemas} ORDER BY 1 \\gexec`;
};

const rows = { rows: "count(*)" };

/** Equal for equal rows in any order. MD5, because Postgres' own hashes may be others in another major version. */
const checksum = { checksum: "coalesce(sum(('x' || left(md5(one_row::text), 16))::bit(64)::bigint::numeric), 0)" };

const databases = "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1";

/**
 * Functions of the shell: `census MOMENT` and `movement MOMENT` of the server that the variables of libpq name, added to
 * `$work/census`. A database is named by a variable, because as an argument its name could be a connection string.
 */
export const censusFunctions = census(rows, "'r', 'm'");

/** For a server that pg_dump has copied, where each materialized view was made anew. */
export const copiedCensusFunctions = census(rows, "'r'");

/** The same with a checksum of each table's rows, for servers that must be equal. */
export const exactCensusFunctions = census({ ...rows, ...checksum }, "'r'");

function census(found: Readonly<Record<string, string>>, relations: string): string {
  return `ask() { ${psql} --csv --tuples-only; }
in_each() {
  PGDATABASE=postgres psql --no-psqlrc --tuples-only --no-align --command="${databases}" > "$work/databases" || return 1
  while IFS= read -r PGDATABASE; do
    export PGDATABASE
    ask < "$1" || return 1
  done < "$work/databases"
}
add() { sed "s/^/$1,/" "$work/found" >> "$work/census"; }
census() {
  PGDATABASE=postgres ask < "$work/server.sql" > "$work/found" || return 1
  ( in_each "$work/database.sql" ) >> "$work/found" || return 1
  add "$1"
}
movement() {
  ( in_each "$work/movement.sql" ) > "$work/found" || return 1
  add "$1"
}
cat > "$work/server.sql" <<'SQL'
${ofServer}
SQL
cat > "$work/movement.sql" <<'SQL'
${movement}
SQL
cat > "$work/database.sql" <<'SQL'
${ofDatabase}
${movement}
${sequences}
${ofTables(found, relations)}
SQL`;
}

/**
 * Compares the censuses before and after the restore point with the restored server's, and prints one line of JSON: what
 * differs, and how much was compared. What changed between the first two is not judged. Rows must lie between the two
 * counts, widened by what was put in and taken out until the end (`late`); a table with another file was emptied.
 * `OFFSET 0` keeps texts that are no numbers from being compared as numbers.
 */
export const comparison = `SET client_min_messages = warning;
CREATE TEMP TABLE census (moment text, kind text, db text, name text, value text);
\\copy census FROM pstdin WITH (FORMAT csv, FORCE_NOT_NULL (db, name, value))
CREATE TEMP VIEW compared AS SELECT kind, db, name, b.value AS b, a.value AS a, r.value AS r, l.value AS l
  FROM (SELECT * FROM census WHERE moment = 'before') b
  FULL JOIN (SELECT * FROM census WHERE moment = 'after') a USING (kind, db, name)
  FULL JOIN (SELECT * FROM census WHERE moment = 'restored') r USING (kind, db, name)
  FULL JOIN (SELECT * FROM census WHERE moment = 'late') l USING (kind, db, name);
CREATE TEMP TABLE problems AS
SELECT kind, db, name, CASE WHEN r IS NULL THEN 'is missing' WHEN b IS NULL THEN 'was not there' ELSE 'is another' END AS what
  FROM compared WHERE kind IN ('role', 'database', 'extension', 'schema', 'relation')
  AND b IS NOT DISTINCT FROM a AND r IS DISTINCT FROM b
UNION ALL
SELECT 'rows', db, name, format('has %s rows, not %s to %s', r, low, high) FROM (
  SELECT counted.db, counted.name, counted.r::numeric AS r,
    CASE WHEN file.l IS DISTINCT FROM file.b OR deleted.l::numeric < deleted.b::numeric THEN 0
      ELSE least(counted.b::numeric, counted.a::numeric) - coalesce(deleted.l::numeric - deleted.b::numeric, 0) END AS low,
    greatest(counted.b::numeric, counted.a::numeric) + coalesce(inserted.l::numeric - inserted.b::numeric, 0) AS high
  FROM compared counted
  LEFT JOIN compared inserted ON inserted.kind = 'inserted' AND (inserted.db, inserted.name) = (counted.db, counted.name)
  LEFT JOIN compared deleted ON deleted.kind = 'deleted' AND (deleted.db, deleted.name) = (counted.db, counted.name)
  LEFT JOIN compared file ON file.kind = 'file' AND (file.db, file.name) = (counted.db, counted.name)
  WHERE counted.kind = 'rows' AND counted.b IS NOT NULL AND counted.a IS NOT NULL AND counted.r IS NOT NULL
  OFFSET 0
) bounds WHERE r NOT BETWEEN low AND high
UNION ALL
SELECT 'sequence', db, name, format('is at %s, not %s to %s', r, low, high) FROM (
  SELECT db, name, split_part(r, ' ', 1)::numeric AS r,
    least(split_part(b, ' ', 1)::numeric, split_part(a, ' ', 1)::numeric) + least(split_part(b, ' ', 2)::numeric, 0) AS low,
    greatest(split_part(b, ' ', 1)::numeric, split_part(a, ' ', 1)::numeric) + greatest(split_part(b, ' ', 2)::numeric, 0) AS high
  FROM compared WHERE kind = 'sequence' AND b IS NOT NULL AND a IS NOT NULL AND r IS NOT NULL
  OFFSET 0
) bounds WHERE r NOT BETWEEN low AND high;
SELECT json_build_object(
  'problems', (SELECT coalesce(json_agg(format('%s %s %s', kind, concat_ws(' ', nullif(db, ''), name), what)), '[]'::json) FROM (SELECT * FROM problems LIMIT 20) AS listed),
  'different', (SELECT count(*) FROM problems),
  'databases', (SELECT count(*) FROM census WHERE moment = 'restored' AND kind = 'database'),
  'tables', (SELECT count(*) FROM census WHERE moment = 'restored' AND kind = 'rows'),
  'rows', (SELECT coalesce(sum(value::numeric), 0) FROM census WHERE moment = 'restored' AND kind = 'rows'));
`;

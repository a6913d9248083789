import { recordEvent } from "./events.js";
import { revoke } from "./revocations.js";
import { Forbidden } from "./users.js";

const columns = `rooms.id, slug, rooms.name, archived_at AS "archivedAt", rooms.created_at AS "createdAt"`;

/** @typedef {{ id: string, slug: string, name: string, archivedAt: Date | null, createdAt: Date }} Room */

/**
 * A part of all rooms, open ones first.
 *
 * @param {import("../db.js").Queryable} db
 * @param {{ limit?: number, offset?: number }} [part] the first fifty by default
 * @returns {Promise<(Room & { createdBy: string | null })[]>}
 */
export async function listRooms(db, { limit = 50, offset = 0 } = {}) {
  const { rows } = await db.query(
    `SELECT ${columns}, users.name AS "createdBy" FROM rooms LEFT JOIN users ON users.id = created_by
     ORDER BY archived_at IS NOT NULL, lower(rooms.name), slug LIMIT $1 OFFSET $2`,
    [limit, offset],
  );
  return rows;
}

/**
 * Every open room is named in the chat token, which travels in one header of at most 8 KiB (NGINX's default buffer):
 * 100 slugs of at most 28 characters, in base64, are less than half of that.
 */
const mostOpenRooms = 100;

/**
 * The rooms a user can enter: every one that is open.
 *
 * @param {import("../db.js").Queryable} db
 * @returns {Promise<Room[]>}
 */
export async function openRooms(db) {
  const { rows } = await db.query(`SELECT ${columns} FROM rooms WHERE archived_at IS NULL ORDER BY lower(name), slug`);
  return rows;
}

/** @param {import("../db.js").Queryable} db */
export async function countRooms(db) {
  const { rows } = await db.query("SELECT count(*) AS count FROM rooms");
  return rows[0].count;
}

/**
 * @param {import("../db.js").Database} db
 * @param {string} name
 * @param {import("./users.js").Doer} doer
 * @throws {Forbidden} when an open room has that name, or there are too many
 */
export async function createRoom(db, name, { actor, requestId }) {
  return db.transaction(async (tx) => {
    await refuseTakenName(tx, name);
    await refuseTooMany(tx);
    const { rows: taken } = await tx.query("SELECT slug FROM rooms WHERE slug = $1 OR slug LIKE $1 || '-%'", [
      slugOf(name),
    ]);
    const slug = freeSlug(slugOf(name), new Set(taken.map((row) => row.slug)));
    const { rows } = await tx.query(
      `INSERT INTO rooms (slug, name, created_by) VALUES ($1, $2, $3) RETURNING ${columns}`,
      [slug, name, actor?.id ?? null],
    );
    await recordEvent(tx, { kind: "room.created", actor, subject: name, requestId });
    return /** @type {Room} */ (rows[0]);
  });
}

/** The room that is there from the start. @param {import("../db.js").Queryable} tx */
export async function createFirstRoom(tx) {
  const { rowCount } = await tx.query(
    "INSERT INTO rooms (slug, name) SELECT 'general', 'General' WHERE NOT EXISTS (SELECT FROM rooms)",
  );
  if (rowCount) await recordEvent(tx, { kind: "room.created", actor: null, subject: "General" });
}

/**
 * Changes the name that people see; the chat goes on under the same slug.
 *
 * @param {import("../db.js").Database} db
 * @param {string} id
 * @param {string} name
 * @param {import("./users.js").Doer} doer
 */
export async function renameRoom(db, id, name, { actor, requestId }) {
  return db.transaction(async (tx) => {
    await refuseTakenName(tx, name, id);
    const { rows } = await tx.query(`UPDATE rooms SET name = $2 WHERE id = $1 RETURNING ${columns}`, [id, name]);
    if (rows[0]) await recordEvent(tx, { kind: "room.renamed", actor, subject: name, requestId });
    return /** @type {Room | undefined} */ (rows[0]);
  });
}

/**
 * Archives a room or brings it back. No new token names an archived one, the chat takes it out of the old ones within
 * half a minute, and its messages stay.
 *
 * @param {import("../db.js").Database} db
 * @param {string} id
 * @param {boolean} archived
 * @param {import("./users.js").Doer} doer
 * @throws {Forbidden} when it would come back and another room took its name meanwhile, or there are too many
 */
export async function setArchived(db, id, archived, { actor, requestId }) {
  return db.transaction(async (tx) => {
    const found = await tx.query("SELECT name FROM rooms WHERE id = $1", [id]);
    if (!archived && found.rows[0]) {
      await refuseTakenName(tx, found.rows[0].name, id);
      await refuseTooMany(tx);
    }
    const { rows } = await tx.query(
      `UPDATE rooms SET archived_at = CASE WHEN $2 THEN now() ELSE NULL END
       WHERE id = $1 AND (archived_at IS NOT NULL) <> $2 RETURNING ${columns}`,
      [id, archived],
    );
    const kind = archived ? "room.archived" : "room.restored";
    if (!rows[0]) return undefined;
    await recordEvent(tx, { kind, actor, subject: rows[0].name, requestId });
    if (archived) await revoke(tx, "room", rows[0].slug);
    return /** @type {Room} */ (rows[0]);
  });
}

/** Letters and digits of the name in ASCII, joined by dashes, at most 24; "room" when nothing is left. */
export function slugOf(/** @type {string} */ name) {
  const ascii = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const slug = ascii.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return slug.slice(0, 24).replace(/-+$/, "") || "room";
}

/** @param {string} slug @param {Set<string>} taken */
function freeSlug(slug, taken) {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? slug : `${slug}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** @param {import("../db.js").Queryable} tx @param {string} name @param {string} [exceptId] */
async function refuseTakenName(tx, name, exceptId) {
  // Two administrators who open the same room at once come here one after the other.
  await tx.query("SELECT pg_advisory_xact_lock(hashtext('panel.rooms'))");
  const { rowCount } = await tx.query(
    "SELECT FROM rooms WHERE lower(name) = lower($1) AND archived_at IS NULL AND id IS DISTINCT FROM $2::uuid",
    [name, exceptId ?? null],
  );
  if (rowCount) throw new Forbidden(`There is already an open room called "${name}".`);
}

/** @param {import("../db.js").Queryable} tx */
async function refuseTooMany(tx) {
  const { rows } = await tx.query("SELECT count(*) AS count FROM rooms WHERE archived_at IS NULL");
  if (rows[0].count >= mostOpenRooms) {
    throw new Forbidden(`There are ${rows[0].count} open rooms, the most there can be; archive one first.`);
  }
}

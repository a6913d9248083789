import { hashPassword, temporaryPassword } from "../passwords.js";
import { recordEvent } from "./events.js";
import { endAllSessions } from "./sessions.js";

/** How long a temporary password can be used for the first log-in. */
const temporaryDays = 7;

/** What a `User` is read from. */
export const userColumns = `id, email, name, role, must_change_password AS "mustChangePassword",
  session_epoch AS "sessionEpoch", deactivated_at AS "deactivatedAt", last_login_at AS "lastLoginAt",
  password_expires_at AS "passwordExpiresAt", created_at AS "createdAt", totp_secret IS NOT NULL AS "secondFactor"`;

/**
 * @typedef {object} User
 * @property {string} id
 * @property {string} email
 * @property {string} name
 * @property {"admin" | "member"} role
 * @property {boolean} mustChangePassword
 * @property {number} sessionEpoch
 * @property {Date | null} deactivatedAt
 * @property {Date | null} lastLoginAt
 * @property {Date | null} passwordExpiresAt
 * @property {Date} createdAt
 * @property {boolean} secondFactor whether the log-in asks for a code, too
 */

/** Who does something, and the request in which. @typedef {{ actor: User | null, requestId?: string }} Doer */

/** A change that the state of the data forbids; its text is shown to the person. */
export class Forbidden extends Error {}

/**
 * @param {import("../db.js").Queryable} db
 * @param {string} id
 * @returns {Promise<User | undefined>}
 */
export async function findUser(db, id) {
  const { rows } = await db.query(`SELECT ${userColumns} FROM users WHERE id = $1`, [id]);
  return rows[0];
}

/**
 * A part of all users, active ones first, by name.
 *
 * @param {import("../db.js").Queryable} db
 * @param {{ limit?: number, offset?: number }} [part] the first fifty by default
 * @returns {Promise<User[]>}
 */
export async function listUsers(db, { limit = 50, offset = 0 } = {}) {
  const { rows } = await db.query(
    `SELECT ${userColumns} FROM users ORDER BY deactivated_at IS NOT NULL, lower(name), id LIMIT $1 OFFSET $2`,
    [limit, offset],
  );
  return rows;
}

/** @param {import("../db.js").Queryable} db */
export async function countUsers(db) {
  const { rows } = await db.query("SELECT count(*) AS count FROM users");
  return rows[0].count;
}

/**
 * Creates a user with a temporary password, which must be changed at the first log-in.
 *
 * @param {import("../db.js").Database} db
 * @param {{ email: string, name: string, role: User["role"] }} user
 * @param {Doer} doer
 * @returns {Promise<{ user: User, password: string }>} the password is shown once and stored only as a hash
 * @throws {Forbidden} when the e-mail address is taken
 */
export async function createUser(db, { email, name, role }, { actor, requestId }) {
  const password = temporaryPassword();
  const hash = await hashPassword(password);
  return db.transaction(async (tx) => {
    const { rows } = await tx.query(
      `INSERT INTO users (email, name, role, password_hash, must_change_password, password_expires_at)
       VALUES ($1, $2, $3, $4, true, now() + make_interval(days => $5))
       ON CONFLICT (lower(email)) DO NOTHING RETURNING ${userColumns}`,
      [email, name, role, hash, temporaryDays],
    );
    if (rows.length === 0) throw new Forbidden(`There is already a user with the address ${email}.`);
    await recordEvent(tx, { kind: "user.created", actor, subject: `${name} (${email})`, requestId });
    return { user: rows[0], password };
  });
}

/**
 * The first administrator, with the password from the settings, which has to be changed at the first log-in: it is in
 * places where settings are kept. It does not expire, because nobody could give another one. Does nothing when any user
 * exists.
 *
 * @param {import("../db.js").Queryable} tx
 * @param {{ email: string, password: string }} admin
 */
export async function createFirstAdmin(tx, { email, password }) {
  const { rows } = await tx.query(
    `INSERT INTO users (email, name, role, password_hash, must_change_password)
     SELECT $1, 'Administrator', 'admin', $2, true WHERE NOT EXISTS (SELECT FROM users) RETURNING id`,
    [email, await hashPassword(password)],
  );
  if (rows.length > 0)
    await recordEvent(tx, { kind: "user.created", actor: null, subject: `Administrator (${email})` });
  return rows.length > 0;
}

/**
 * Changes the name and the role of a user. Whoever loses rights is signed out everywhere.
 *
 * @param {import("../db.js").Database} db
 * @param {string} id
 * @param {{ name: string, role: User["role"] }} change
 * @param {Doer} doer
 * @throws {Forbidden} when it would leave no active administrator
 */
export async function changeUser(db, id, { name, role }, { actor, requestId }) {
  return db.transaction(async (tx) => {
    if (role !== "admin") await keepAnAdmin(tx, id, "be made a member");
    const before = await tx.query("SELECT role FROM users WHERE id = $1 FOR NO KEY UPDATE", [id]);
    if (!before.rows[0]) return undefined;
    const lost = before.rows[0].role === "admin" && role !== "admin";
    const { rows } = await tx.query(
      `UPDATE users SET name = $2, role = $3, session_epoch = session_epoch + $4 WHERE id = $1 RETURNING ${userColumns}`,
      [id, name, role, lost ? 1 : 0],
    );
    await recordEvent(tx, { kind: "user.changed", actor, subject: `${name} (${role})`, requestId });
    if (lost) await endAllSessions(tx, id);
    return /** @type {User | undefined} */ (rows[0]);
  });
}

/**
 * Deactivates a user and ends their sessions at once, or activates them again.
 *
 * @param {import("../db.js").Database} db
 * @param {string} id
 * @param {boolean} active
 * @param {Doer} doer
 * @throws {Forbidden} when it would leave no active administrator
 */
export async function setActive(db, id, active, { actor, requestId }) {
  return db.transaction(async (tx) => {
    if (!active) await keepAnAdmin(tx, id, "be deactivated");
    const { rows } = await tx.query(
      `UPDATE users SET deactivated_at = CASE WHEN $2 THEN NULL ELSE now() END, session_epoch = session_epoch + 1
       WHERE id = $1 AND (deactivated_at IS NULL) <> $2 RETURNING ${userColumns}`,
      [id, active],
    );
    const kind = active ? "user.activated" : "user.deactivated";
    if (!rows[0]) return undefined;
    await recordEvent(tx, { kind, actor, subject: rows[0].name, requestId });
    await endAllSessions(tx, id);
    return /** @type {User} */ (rows[0]);
  });
}

/**
 * Ends all sessions of a user, in the panel and in the chat.
 *
 * @param {import("../db.js").Database} db
 * @param {User} user
 * @param {{ requestId?: string }} [request]
 */
export async function signOutEverywhere(db, user, { requestId } = {}) {
  await db.transaction(async (tx) => {
    await tx.query("UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1", [user.id]);
    await recordEvent(tx, { kind: "user.signed-out", actor: user, requestId });
    await endAllSessions(tx, user.id);
  });
}

/**
 * Gives a user a new temporary password and ends their sessions.
 *
 * @param {import("../db.js").Database} db
 * @param {string} id
 * @param {Doer} doer
 * @returns {Promise<{ user: User, password: string } | undefined>}
 */
export async function resetPassword(db, id, { actor, requestId }) {
  const password = temporaryPassword();
  const hash = await hashPassword(password);
  return db.transaction(async (tx) => {
    const { rows } = await tx.query(
      `UPDATE users SET password_hash = $2, must_change_password = true, session_epoch = session_epoch + 1,
         password_expires_at = now() + make_interval(days => $3)
       WHERE id = $1 RETURNING ${userColumns}`,
      [id, hash, temporaryDays],
    );
    if (!rows[0]) return undefined;
    await recordEvent(tx, { kind: "user.password-reset", actor, subject: rows[0].name, requestId });
    await endAllSessions(tx, id);
    return { user: /** @type {User} */ (rows[0]), password };
  });
}

/**
 * Locks the active administrators and the user, all in the order of their ids: two of them cannot demote each other at
 * the same moment, and nobody holds the one and waits for the other. The user counts even where they are no
 * administrator now, for they may be one to whoever began a moment later. The lock lets others refer to the rows.
 *
 * @param {import("../db.js").Queryable} tx
 * @param {string} id
 * @param {string} what
 */
async function keepAnAdmin(tx, id, what) {
  const { rows } = await tx.query(
    `SELECT id, role = 'admin' AND deactivated_at IS NULL AS admin FROM users
     WHERE id = $1 OR (role = 'admin' AND deactivated_at IS NULL) ORDER BY id FOR NO KEY UPDATE`,
    [id],
  );
  const admins = rows.filter(({ admin }) => admin);
  if (admins.length === 1 && admins[0].id === id) {
    throw new Forbidden(`The last administrator cannot ${what}; make another user an administrator first.`);
  }
}

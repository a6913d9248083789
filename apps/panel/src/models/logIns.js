import { hashPassword, verifyPassword } from "../passwords.js";
import { recordEvent } from "./events.js";
import { endAllSessions } from "./sessions.js";
import { userColumns as columns, Forbidden } from "./users.js";

/** @typedef {import("./users.js").User} User */

/** The person does not know the password that they would have to know. */
export class WrongPassword extends Forbidden {}

/**
 * The user of a session, and whether that session was ended. A session that is not noted (`seenAt` null) was begun by a
 * version of the panel that does not note them.
 *
 * @param {import("../db.js").Queryable} db
 * @param {string} id
 * @param {string} sid
 * @returns {Promise<{ user: User, ended: boolean, seenAt: Date | null } | undefined>}
 */
export async function findSessionUser(db, id, sid) {
  const { rows } = await db.query(
    `SELECT ${columns}, seen.ended_at IS NOT NULL AS ended, seen.seen_at AS "seenAt" FROM users
     LEFT JOIN (SELECT ended_at, seen_at FROM sessions WHERE sid = $2) AS seen ON true WHERE id = $1`,
    [id, sid],
  );
  if (!rows[0]) return undefined;
  const { ended, seenAt, ...user } = rows[0];
  return { user, ended, seenAt };
}

/**
 * Checks an address and a password. The answer does not tell a wrong address from a wrong password, an expired temporary
 * password or a deactivated user.
 *
 * @param {import("../db.js").Database} db
 * @param {{ email: string, password: string }} attempt
 * @returns {Promise<User | undefined>}
 */
export async function checkLogIn(db, { email, password }) {
  const { rows } = await db.query(
    `SELECT ${columns}, password_hash FROM users WHERE lower(email) = lower($1) AND deactivated_at IS NULL
       AND (password_expires_at IS NULL OR password_expires_at > now())`,
    [email],
  );
  const { password_hash: hash, ...user } = rows[0] ?? {};
  return (await verifyPassword(password, hash)) ? /** @type {User} */ (user) : undefined;
}

/**
 * Notes a log-in that is complete.
 *
 * @param {import("../db.js").Database} db
 * @param {User} user as it was when the password was checked
 * @param {string} [requestId]
 * @returns {Promise<User | undefined>} undefined when something ended the user's sessions meanwhile
 */
export async function noteLogIn(db, user, requestId) {
  return db.transaction(async (tx) => {
    const { rows } = await tx.query(
      `UPDATE users SET last_login_at = now()
       WHERE id = $1 AND deactivated_at IS NULL AND session_epoch = $2 RETURNING ${columns}`,
      [user.id, user.sessionEpoch],
    );
    if (rows[0]) await recordEvent(tx, { kind: "user.logged-in", actor: rows[0], requestId });
    return rows[0];
  });
}

/** Whether the password is the user's own. @param {import("../db.js").Queryable} db @param {User} user @param {string} password */
export async function knowsPassword(db, user, password) {
  const { rows } = await db.query("SELECT password_hash FROM users WHERE id = $1", [user.id]);
  return verifyPassword(password, rows[0]?.password_hash);
}

/**
 * Changes the password of a user who knows the current one, and ends all sessions but the caller's (whose new epoch
 * is in the returned user).
 *
 * @param {import("../db.js").Database} db
 * @param {User} user
 * @param {{ current: string, next: string, requestId?: string }} change
 * @throws {WrongPassword} when the current password is wrong
 */
export async function changePassword(db, user, { current, next, requestId }) {
  const stored = await db.query("SELECT password_hash FROM users WHERE id = $1", [user.id]);
  if (!(await verifyPassword(current, stored.rows[0]?.password_hash))) {
    throw new WrongPassword("The current password is not right.");
  }
  const hash = await hashPassword(next);
  return db.transaction(async (tx) => {
    const { rows } = await tx.query(
      `UPDATE users SET password_hash = $2, must_change_password = false, password_expires_at = NULL,
         session_epoch = session_epoch + 1
       WHERE id = $1 AND password_hash = $3 RETURNING ${columns}`,
      [user.id, hash, stored.rows[0].password_hash],
    );
    if (rows.length === 0) throw new Forbidden("The password was changed by someone else just now.");
    await recordEvent(tx, { kind: "user.password-changed", actor: user, requestId });
    await endAllSessions(tx, user.id);
    return /** @type {User} */ (rows[0]);
  });
}

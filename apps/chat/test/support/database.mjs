// What others do in the database: the panel signs out and closes rooms, an administrator changes rights.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const logIn = (who) => ({
  PGUSER: process.env[`CHAT_TEST_${who}`],
  PGPASSWORD: process.env[`CHAT_TEST_${who}_PASSWORD`],
});

/** Runs SQL; `who` is PANEL (the pods of the panel), OWNER (the chat's migration) or SUPERUSER. Gives the rows as text. */
export async function sql(who, text) {
  const { stdout } = await promisify(execFile)("psql", ["-v", "ON_ERROR_STOP=1", "-qAtc", text], {
    env: { ...process.env, ...logIn(who) },
  });
  return stdout.trim();
}

/** As the panel does when it signs a user or a session out, or closes a room. */
export const revoke = (kind, subject) =>
  sql(
    "PANEL",
    `INSERT INTO panel.chat_revocations VALUES ('${kind}', '${subject}', clock_timestamp())
       ON CONFLICT (kind, subject) DO UPDATE SET at = excluded.at`,
  );

/** What a room has in the database. */
export const stored = async (room) =>
  (await sql("SUPERUSER", `SELECT body FROM chat.messages WHERE room = '${room}' ORDER BY seq`))
    .split("\n")
    .filter(Boolean);

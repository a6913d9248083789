/** The script that uses given roles, run by sh and psql against real servers, with roles that may make no other. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type GivenRole, givenRolesScript } from "../../../../components/data/external/rolesScript";
import { type PostgresServer, postgresFolders, startPostgres } from "../postgresServer";

const passwords = {
  PANEL_PASSWORD: "app-password$'()&;",
  PANEL_OWNER_PASSWORD: "owner-password",
  CHAT_PASSWORD: "chat-password",
};
const panel: GivenRole = {
  app: { user: "panel.rw", variable: "PANEL_PASSWORD" },
  owner: { user: "panel_ddl", variable: "PANEL_OWNER_PASSWORD" },
  schema: "admin",
};
const single = { user: "chat-rw", variable: "CHAT_PASSWORD" };
const chat: GivenRole = { app: single, owner: single, schema: "chat" };
const asApp = { PGUSER: "panel.rw", PGPASSWORD: passwords.PANEL_PASSWORD, PGDATABASE: "acme" };
const asOwner = { PGUSER: "panel_ddl", PGPASSWORD: passwords.PANEL_OWNER_PASSWORD, PGDATABASE: "acme" };
const asChat = { PGUSER: "chat-rw", PGPASSWORD: passwords.CHAT_PASSWORD, PGDATABASE: "acme" };
const owners = 'GRANT CREATE ON DATABASE acme TO panel_ddl, "chat-rw"';

/** A server as its owner gives it away: a database, and roles that may log in. */
async function serverWith(context: TestContext, folder: string, ...statements: readonly string[]) {
  const server = await startPostgres(folder);
  context.after(() => server.stop());
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  for (const statement of [
    `CREATE ROLE "panel.rw" LOGIN PASSWORD ${quoted(passwords.PANEL_PASSWORD)}`,
    `CREATE ROLE panel_ddl LOGIN PASSWORD ${quoted(passwords.PANEL_OWNER_PASSWORD)}`,
    `CREATE ROLE "chat-rw" LOGIN PASSWORD ${quoted(passwords.CHAT_PASSWORD)}`,
    "CREATE DATABASE acme TEMPLATE template0",
  ])
    await answer(server, statement);
  const superuser = { PGUSER: "postgres", PGPASSWORD: "superuser-of-this-test", PGDATABASE: "acme" };
  for (const statement of statements) await answer(server, statement, superuser);
  const run = (...roles: readonly GivenRole[]) =>
    server.sh(givenRolesScript(roles), { ...asApp, PGPASSWORD: "of-nobody", ...passwords });
  return { server, run, superuser };
}

async function answer(server: PostgresServer, statement: string, as?: Readonly<Record<string, string>>) {
  const { code, output } = await server.sql(statement, as);
  assert.equal(code, 0, output);
  return output;
}

test("there is a Postgres to test with", () => {
  assert.ok(postgresFolders().length > 0, "install Debian's postgresql-15, which the README names");
});

for (const folder of postgresFolders()) {
  test(`${folder}: roles without rights of an administrator get schemas that they find, and the app no more than rows`, async (context) => {
    const { server, run } = await serverWith(context, folder, owners);
    for (const time of ["first", "second"]) {
      const { code, output } = await run(panel, chat);
      assert.equal(code, 0, `${time} run: ${output}`);
      assert.doesNotMatch(output, /ERROR|WARNING|password/, `${time} run`);
    }
    await answer(server, "CREATE TABLE note (id serial, body text)", asOwner);
    await answer(server, "INSERT INTO note (body) VALUES ('draft')", asApp);
    assert.equal(await answer(server, "SELECT body, current_schema FROM note", asApp), "draft|admin");
    const refused = await server.sql("DROP TABLE note", asApp);
    assert.match(refused.output, /must be owner of table note/);
    assert.match((await server.sql("CREATE TABLE more (a int)", asApp)).output, /permission denied for schema admin/);
    await answer(
      server,
      "CREATE TABLE message (id serial); INSERT INTO message DEFAULT VALUES; DROP TABLE message",
      asChat,
    );
    assert.equal(await answer(server, "SHOW search_path", asChat), "chat");
  });

  test(`${folder}: what was there before is the app's to read and write too`, async (context) => {
    const { server, run } = await serverWith(
      context,
      folder,
      "CREATE SCHEMA admin AUTHORIZATION panel_ddl",
      "CREATE TABLE admin.old (id serial, body text)",
      "ALTER TABLE admin.old OWNER TO panel_ddl",
    );
    assert.equal((await run(panel)).code, 0);
    await answer(server, "INSERT INTO old (body) VALUES ('x')", asApp);
    assert.equal(await answer(server, "TABLE old", asApp), "1|x");
  });

  test(`${folder}: a wrong password, a missing schema and a missing right stop it, with what to do on the server`, async (context) => {
    const { server, run, superuser } = await serverWith(context, folder);
    const lacking = await run(panel);
    assert.notEqual(lacking.code, 0);
    assert.match(
      lacking.output,
      /There is no schema admin, and panel_ddl may make none\. On the server: CREATE SCHEMA "admin" AUTHORIZATION "panel_ddl"/,
    );
    // Of somebody else, who let the owner make tables and forgot the app.
    await answer(server, "CREATE SCHEMA admin", superuser);
    await answer(server, "GRANT USAGE, CREATE ON SCHEMA admin TO panel_ddl", superuser);
    const forgotten = await run(panel);
    assert.notEqual(forgotten.code, 0);
    assert.match(
      forgotten.output,
      /panel\.rw may not use the schema admin\. On the server: GRANT USAGE ON SCHEMA "admin" TO "panel\.rw"/,
    );
    await answer(server, 'GRANT USAGE ON SCHEMA admin TO "panel.rw"', superuser);
    const right = await run(panel);
    assert.equal(right.code, 0, right.output);
    await answer(server, "ALTER ROLE panel_ddl PASSWORD 'another'");
    const wrong = await run(panel);
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.output, /Logging in as panel_ddl[\s\S]*password authentication failed for user "panel_ddl"/);
  });
}

/** The scripts that make and retire roles, run by sh and psql against real servers, as each kind of administrator. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { retireScript, rolesScript } from "../../components/data/postgresConf";
import { type PostgresServer, postgresFolders, startPostgres } from "./postgresServer";

const folders = postgresFolders();
const roles = ["panel", "chat"] as const;

/** Who runs the scripts. */
const administrators = {
  "a superuser": { PGUSER: "postgres", PGPASSWORD: "superuser-of-this-test", PGDATABASE: "postgres" },
  "one who may make roles and databases": {
    PGUSER: "administrator",
    PGPASSWORD: "administrator-of-this-test",
    PGDATABASE: "postgres",
  },
};

/** The passwords of a generation. They must not turn up in the server's log. */
const passwordsOf = (generation: number) => ({
  PANEL_PASSWORD: `panelSecret${generation}`,
  CHAT_PASSWORD: `chatSecret${generation}`,
});

/** How an app of a generation logs in. */
const app = (role: "panel" | "chat", generation: number) => ({
  PGUSER: `${role}_g${generation}`,
  PGPASSWORD: passwordsOf(generation)[`${role.toUpperCase() as "PANEL" | "CHAT"}_PASSWORD`],
  PGDATABASE: "switchboard",
});

/** Everything that the scripts may change, but for the salt of a password. */
const state = `
  SELECT 'role', rolname, rolsuper, rolcanlogin, rolinherit, rolcreatedb, rolcreaterole, rolconfig::text, '' FROM pg_roles
  UNION ALL SELECT 'member', roleid::regrole::text, admin_option, true, true, true, true, member::regrole::text, grantor::regrole::text FROM pg_auth_members
  UNION ALL SELECT 'database', datname, true, true, true, true, true, datdba::regrole::text, datacl::text FROM pg_database
  UNION ALL SELECT 'schema', nspname, true, true, true, true, true, nspowner::regrole::text, nspacl::text FROM pg_namespace
  ORDER BY 1, 2, 8, 9, 3`;

test("there is a Postgres to test with", () => {
  assert.ok(folders.length > 0, "install Debian's postgresql-15, which the README names");
});

for (const folder of folders) {
  for (const [who, administrator] of Object.entries(administrators)) {
    test(`${folder}: ${who} makes, rotates and retires the roles`, async (context) => {
      const server = await startPostgres(folder);
      context.after(() => server.stop());
      await prepare(server);
      const run = async (script: string, generation: number) => {
        const { code, output } = await server.sh(script, { ...administrator, ...passwordsOf(generation) });
        assert.equal(code, 0, output);
        assert.doesNotMatch(output, /Secret\d|ERROR|WARNING|NOTICE/);
      };
      const answer = async (statement: string, as: Record<string, string>) => {
        const { code, output } = await server.sql(statement, as);
        assert.equal(code, 0, output);
        return output;
      };
      const refusal = async (statement: string, as: Record<string, string>) => {
        const { code, output } = await server.sql(statement, as);
        assert.notEqual(code, 0, `${as.PGUSER} may: ${statement}`);
        return output;
      };
      const inSwitchboard = { ...administrators["a superuser"], PGDATABASE: "switchboard" };
      // What watches a managed server is connected to template1, which then cannot be copied.
      const watcher = await server.session({ ...administrators["a superuser"], PGDATABASE: "template1" });

      await run(rolesScript(roles, 1), 1);
      const once = await answer(state, inSwitchboard);
      await run(rolesScript(roles, 1), 1);
      assert.equal(await answer(state, inSwitchboard), once, "run twice, it changes something");

      const mine = app("panel", 1);
      assert.equal(await answer("SELECT current_user, session_user, current_schema", mine), "panel|panel_g1|panel");
      await answer("CREATE TABLE note (body text)", mine);
      await answer("CREATE TABLE message (body text)", app("chat", 1));
      assert.match(await refusal("TABLE chat.message", mine), /permission denied for schema chat/);
      assert.match(await refusal("TABLE panel.note", app("chat", 1)), /permission denied for schema panel/);
      assert.match(await refusal("SET ROLE chat", mine), /permission denied to set role/);
      assert.match(await refusal("CREATE TABLE public.note (body text)", mine), /permission denied for schema public/);
      assert.match(await refusal("CREATE TEMP TABLE note (body text)", mine), /permission denied to create temporary/);
      assert.match(await refusal("SELECT 1", { ...mine, PGPASSWORD: "wrong" }), /authentication failed/);
      assert.match(await refusal("SELECT 1", { ...mine, PGUSER: "panel" }), /authentication failed|not permitted/);
      const granted = await answer(
        `SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = 'panel_g1'`,
        inSwitchboard,
      );
      assert.equal(granted, "f|f|f|f");

      const old = await server.session(mine);
      await run(rolesScript(roles, 2), 2);
      await answer("INSERT INTO note VALUES ('both generations write')", mine);
      assert.equal(await answer("TABLE note", app("panel", 2)), "both generations write");
      assert.ok(old.open(), "making a generation ended a session of the one before");

      const current = await server.session(app("panel", 2));
      await run(retireScript(roles, 2), 2);
      old.ask("SELECT 1;");
      assert.match((await old.end()).output, /terminating connection due to administrator command/);
      assert.match(await refusal("SELECT 1", mine), /is not permitted to log in/);
      assert.ok(current.open(), "retiring a generation ended a session of the new one");
      const retired = await answer(state, inSwitchboard);
      await run(retireScript(roles, 2), 2);
      await run(rolesScript(roles, 2), 2);
      assert.equal(await answer(state, inSwitchboard), retired, "retired twice, something changes");
      current.ask("SELECT 'still ' || count(*) FROM note;");
      assert.match((await current.end()).output, /^still 1$/m);

      const member = await answer("SELECT pg_has_role('administrator', 'chat', 'USAGE')", inSwitchboard);
      if (administrator.PGUSER === "administrator") assert.equal(member, server.major >= 16 ? "f" : "t");
      assert.match(server.log(), /ALTER USER "?panel_g1"? PASSWORD 'SCRAM-SHA-256\$/);
      assert.doesNotMatch(server.log(), /Secret\d/);
      await watcher.end();
    });
  }
}

async function prepare(server: PostgresServer): Promise<void> {
  const { code, output } = await server.sql(
    "CREATE ROLE administrator LOGIN CREATEDB CREATEROLE PASSWORD 'administrator-of-this-test'",
  );
  assert.equal(code, 0, output);
}

test("a server that does not answer is told by psql, with what keeps it from answering", async (context) => {
  const server = await startPostgres(folders[0]!);
  context.after(() => server.stop());
  const impatient = rolesScript(roles, 1).replace("+ 240", "+ 1");
  const wrong = { ...administrators["a superuser"], ...passwordsOf(1), PGSSLMODE: "verify-ca", PGSSLROOTCERT: "/none" };
  const { code, output } = await server.sh(impatient, wrong);
  assert.notEqual(code, 0);
  assert.match(output, /server does not support SSL, but SSL was required/);
});

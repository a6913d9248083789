/** The scripts that make and retire roles, run by sh and psql against real servers, as each kind of administrator. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { rolesScript } from "../../../components/data/postgresConf";
import { retireScript } from "../../../components/data/postgresRetire";
import { quietSeconds } from "../../../components/data/untilUnused";
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
  PANEL_OWNER_PASSWORD: `panelOwnerSecret${generation}`,
  CHAT_PASSWORD: `chatSecret${generation}`,
  CHAT_OWNER_PASSWORD: `chatOwnerSecret${generation}`,
});

/** How an app of a generation logs in. */
const app = (role: "panel" | "chat", generation: number) => ({
  PGUSER: `${role}_g${generation}`,
  PGPASSWORD: passwordsOf(generation)[`${role.toUpperCase() as "PANEL" | "CHAT"}_PASSWORD`],
  PGDATABASE: "switchboard",
});

/** How a migration of a generation logs in. */
const owner = (role: "panel" | "chat", generation: number) => ({
  PGUSER: `${role}_owner_g${generation}`,
  PGPASSWORD: passwordsOf(generation)[`${role.toUpperCase() as "PANEL" | "CHAT"}_OWNER_PASSWORD`],
  PGDATABASE: "switchboard",
});

/** Everything that the scripts may change, but for the salt of a password. */
const state = `
  SELECT 'role', rolname, rolsuper, rolcanlogin, rolinherit, rolcreatedb, rolcreaterole, rolconfig::text, '' FROM pg_roles
  UNION ALL SELECT 'member', roleid::regrole::text, admin_option, true, true, true, true, member::regrole::text, grantor::regrole::text FROM pg_auth_members
  UNION ALL SELECT 'database', datname, true, true, true, true, true, datdba::regrole::text, datacl::text FROM pg_database
  UNION ALL SELECT 'schema', nspname, true, true, true, true, true, nspowner::regrole::text, nspacl::text FROM pg_namespace
  UNION ALL SELECT 'default', defaclobjtype::text, true, true, true, true, true, defaclrole::regrole::text, defaclacl::text FROM pg_default_acl
  UNION ALL SELECT 'table', relname, true, true, true, true, true, relowner::regrole::text, relacl::text FROM pg_class
    WHERE relnamespace::regnamespace::text IN ('panel', 'chat') AND relkind IN ('r', 'S')
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
      const identity = "SELECT current_user, session_user, current_schema";
      assert.equal(await answer(identity, mine), "panel_app|panel_g1|panel");
      assert.equal(await answer(identity, owner("panel", 1)), "panel|panel_owner_g1|panel");
      await answer("CREATE TABLE note (id serial, body text)", owner("panel", 1));
      await answer("CREATE TABLE message (id bigint GENERATED ALWAYS AS IDENTITY, body text)", owner("chat", 1));
      await answer("INSERT INTO message (body) VALUES ('hello')", app("chat", 1));
      await answer("INSERT INTO note (body) VALUES ('draft')", mine);
      await answer("UPDATE note SET body = 'fair copy'", mine);
      assert.equal(await answer("TABLE note", mine), "1|fair copy");
      await answer("DELETE FROM note", mine);
      for (const form of ["DROP TABLE note", "ALTER TABLE note ADD more text", "CREATE INDEX ON note (body)"]) {
        assert.match(await refusal(form, mine), /must be owner of table note/);
      }
      assert.match(await refusal("TRUNCATE note", mine), /permission denied for table note/);
      assert.match(await refusal("CREATE TABLE more (body text)", mine), /permission denied for schema panel/);
      assert.match(await refusal("DROP SCHEMA panel CASCADE", mine), /must be owner of schema panel/);
      assert.match(await refusal("SET ROLE panel", mine), /permission denied to set role/);
      assert.match(await answer("GRANT SELECT ON note TO chat_app", mine), /no privileges were granted/);
      assert.match(await refusal("TABLE chat.message", owner("panel", 1)), /permission denied for schema chat/);
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
      await answer("INSERT INTO note (body) VALUES ('both generations write')", mine);
      assert.equal(await answer("SELECT body FROM note", app("panel", 2)), "both generations write");
      assert.ok(old.open(), "making a generation ended a session of the one before");

      const current = await server.session(app("panel", 2));
      const retire = (longest: number) =>
        server.sh(quickly(retireScript(roles, 2)), { ...administrator, LONGEST_WAIT_SECONDS: String(longest) });
      const late = await retire(1);
      assert.equal(late.code, 1, "it fails while an old pod serves");
      assert.match(late.output, /still used after 1 s: panel_g1 \(1\)\. None was refused\. .*run up again\.$/);
      assert.equal(await answer("SELECT 1", app("chat", 1)), "1", "nothing was refused, also nothing unused");

      let retired = false;
      const retiring = retire(600).then((result) => {
        retired = true;
        return result;
      });
      const looks = () => server.log().split("count(*) AS sessions FROM pg_stat_activity").length;
      for (const enough = looks() + 4; looks() < enough; ) await sleep(50);
      assert.ok(!retired, "an old session is open");
      const successor = await server.session(mine);
      await old.end();
      for (const enough = looks() + 4; looks() < enough; ) await sleep(50);
      assert.ok(!retired, "an old pod opened another session before its first one ended");
      successor.ask("INSERT INTO note (body) VALUES ('the last of an old pod');");
      await successor.end();
      const { code, output } = await retiring;
      assert.equal(code, 0, output);
      assert.match(output, /^ended\s+-+\s+0$/m, "nobody was cut off");
      for (const gone of [mine, owner("panel", 1), owner("chat", 1)]) {
        assert.match(await refusal("SELECT 1", gone), /is not permitted to log in/);
      }
      await answer("ALTER TABLE note ADD more text", owner("panel", 2));
      assert.ok(current.open(), "retiring a generation ended a session of the new one");
      const after = await answer(state, inSwitchboard);
      assert.equal((await retire(0)).code, 0, "with nothing to retire there is nothing to wait for");
      // A run that was killed between its two steps has refused a log-in and not ended its session.
      await answer("ALTER ROLE panel_g1 LOGIN", inSwitchboard);
      const left = await server.session(mine);
      await answer("ALTER ROLE panel_g1 NOLOGIN", inSwitchboard);
      assert.equal((await retire(0)).code, 0);
      left.ask("SELECT 1;");
      assert.match((await left.end()).output, /terminating connection due to administrator command/);
      await run(rolesScript(roles, 2), 2);
      assert.equal(await answer(state, inSwitchboard), after, "retired twice, something changes");
      current.ask("SELECT 'still ' || count(*) FROM note;");
      assert.match((await current.end()).output, /^still 2$/m);

      const member = await answer("SELECT pg_has_role('administrator', 'chat', 'USAGE')", inSwitchboard);
      if (administrator.PGUSER === "administrator") assert.equal(member, server.major >= 16 ? "f" : "t");
      assert.match(server.log(), /ALTER USER "?panel_g1"? PASSWORD 'SCRAM-SHA-256\$/);
      assert.doesNotMatch(server.log(), /Secret\d/);
      await watcher.end();
    });
  }
}

for (const folder of folders) {
  for (const [who, administrator] of Object.entries(administrators)) {
    test(`${folder}: ${who} takes the tables from the apps of a database of an earlier release`, async (context) => {
      const server = await startPostgres(folder);
      context.after(() => server.stop());
      await prepare(server);
      const answer = async (statement: string, as: Record<string, string>) => {
        const { code, output } = await server.sql(statement, as);
        assert.equal(code, 0, output);
        return output;
      };
      for (const statement of earlierRelease) {
        const inSwitchboard = { ...administrator, PGDATABASE: "switchboard" };
        await answer(statement, statement.startsWith("CREATE DATABASE") ? administrator : inSwitchboard);
      }
      const mine = app("panel", 1);
      await answer("CREATE TABLE note (id serial, body text)", mine);
      const open = await server.session(mine);

      // The next release rotates the passwords too, so that the log-ins of two generations are met.
      for (const generation of [1, 2]) {
        const environment = { ...administrator, ...passwordsOf(generation) };
        const { code, output } = await server.sh(rolesScript(roles, generation), environment);
        assert.equal(code, 0, output);
        assert.doesNotMatch(output, /ERROR|WARNING|act as the owner/);
      }
      open.ask("SELECT 'acts as ' || current_user;");
      open.ask("INSERT INTO note (body) VALUES ('of the open session') RETURNING body;");
      const { output: said } = await open.end();
      assert.match(said, /acts as panel\n/);
      assert.match(said, /of the open session/);
      for (const login of [mine, app("panel", 2)]) {
        assert.equal(await answer("SELECT current_user", login), "panel_app");
        await answer("INSERT INTO note (body) VALUES ('of a new one')", login);
        assert.match((await server.sql("DROP TABLE note", login)).output, /must be owner of table note/);
        assert.match((await server.sql("SET ROLE panel", login)).output, /permission denied to set role/);
      }
      await answer("ALTER TABLE note ADD more text", owner("panel", 2));
      assert.equal(await answer("SELECT count(*) FROM note", mine), "3");
    });
  }
}

/** What an administrator ran for the first generation before apps and owners were apart. */
const earlierRelease = [
  "CREATE DATABASE switchboard TEMPLATE template0",
  ...roles.flatMap((role) => [
    `CREATE ROLE ${role} NOLOGIN`,
    `GRANT ${role} TO CURRENT_USER WITH ADMIN OPTION`,
    `CREATE ROLE ${role}_g1 LOGIN PASSWORD '${passwordsOf(1)[`${role.toUpperCase() as "PANEL" | "CHAT"}_PASSWORD`]}'`,
    `GRANT ${role}_g1 TO CURRENT_USER WITH ADMIN OPTION`,
    `GRANT ${role} TO ${role}_g1`,
    `ALTER ROLE ${role}_g1 SET role = '${role}'`,
    `ALTER ROLE ${role}_g1 SET search_path = '${role}'`,
    `GRANT CONNECT ON DATABASE switchboard TO ${role}`,
    `CREATE SCHEMA ${role} AUTHORIZATION ${role}`,
  ]),
];

/** The same script with a shorter time in which nobody may be seen. */
function quickly(script: string): string {
  const short = script.replace(`-ge ${quietSeconds} ]`, "-ge 2 ]");
  assert.notEqual(short, script);
  return short;
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

/** Another password of the administrator of a server in the cluster, by sh and psql on real servers. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  administratorLogin,
  administratorScript,
  formerPasswordVariable,
} from "../../../components/data/postgresAdministrator";
import { rolesScript } from "../../../components/data/postgresConf";
import { retireScript } from "../../../components/data/postgresRetire";
import { longestWaitVariable, quietSeconds } from "../../../components/data/untilUnused";
import { type PostgresServer, postgresFolders, startPostgres } from "./postgresServer";

const roles = ["panel"] as const;
const passwords: Readonly<Record<number, string>> = {
  1: "superuser-of-this-test",
  2: "adminSecret2",
  3: "adminSecret3",
};
const ofApps = { PANEL_PASSWORD: "panelSecret", PANEL_OWNER_PASSWORD: "panelOwnerSecret" };
const identity = "SELECT current_user || ' ' || session_user";

/** How the administrator of a generation logs in. */
const as = (generation: number) => ({
  PGUSER: administratorLogin(generation),
  PGPASSWORD: passwords[generation]!,
  PGDATABASE: "postgres",
});

for (const folder of postgresFolders()) {
  describe(`the administrator of ${folder}`, () => {
    async function started(context: { after(end: () => Promise<void>): void }): Promise<PostgresServer> {
      const server = await startPostgres(folder);
      context.after(() => server.stop());
      return server;
    }
    const make = (server: PostgresServer, generation: number, former = passwords[generation - 1]!) =>
      server.sh(administratorScript(generation), { ...as(generation), [formerPasswordVariable]: former });
    const retire = (server: PostgresServer, generation: number, longest = 1000) => {
      const script = retireScript(roles, 1, generation);
      const quickly = script.replace(`-ge ${quietSeconds} ]`, "-ge 2 ]");
      assert.notEqual(quickly, script);
      return server.sh(quickly, { ...as(generation), [longestWaitVariable]: String(longest) });
    };
    async function done(result: Promise<{ code: number | null; output: string }>): Promise<string> {
      const { code, output } = await result;
      assert.equal(code, 0, output);
      assert.doesNotMatch(output, /Secret\d|of-this-test|ERROR/);
      return output;
    }

    test("both log-ins are taken until nobody uses the former, which then is not", async (context) => {
      const server = await started(context);
      await done(server.sh(rolesScript(roles, 1), { ...as(1), ...ofApps }));
      const drill = await server.session(as(1));
      await done(make(server, 2));
      for (const generation of [1, 2]) await done(server.sql(identity, as(generation)));
      // What it makes belongs to the same role as before, and a run again changes nothing.
      assert.equal(await done(server.sql(identity, as(2))), "postgres postgres-g2");
      await done(make(server, 2));
      await done(server.sh(rolesScript(roles, 1), { ...as(2), ...ofApps }));

      const early = await retire(server, 2, 1);
      assert.notEqual(early.code, 0);
      assert.match(early.output, /still used after 1 s: postgres \(1\)/);
      assert.ok(drill.open(), "a session in use was ended");
      await done(server.sql(identity, as(1)));
      await drill.end();
      await done(retire(server, 2));
      assert.match((await server.sql(identity, as(1))).output, /password authentication failed/);

      await done(make(server, 3));
      await done(retire(server, 3));
      assert.match((await server.sql(identity, as(2))).output, /not permitted to log in/);
      assert.equal(await done(server.sql(identity, as(3))), "postgres postgres-g3");
      await done(retire(server, 3));
      const owners = await done(server.sql("SELECT DISTINCT datdba::regrole FROM pg_database", as(3)));
      assert.equal(owners, "postgres");
      assert.doesNotMatch(server.log(), /Secret\d/);
    });

    test("a volume that is new or restored knows the present password of postgres alone", async (context) => {
      const server = await started(context);
      const given = { ...as(3), PGPASSWORD: passwords[1]! };
      await done(server.sh(administratorScript(3), { ...given, [formerPasswordVariable]: "unknown" }));
      await done(server.sql(identity, given));
    });

    test("whoever goes back after an up that failed finds the former, and ends what was begun", async (context) => {
      const server = await started(context);
      await done(make(server, 2));
      await done(retire(server, 1));
      assert.match((await server.sql(identity, as(2))).output, /not permitted to log in/);
      await done(server.sql(identity, as(1)));
      await done(make(server, 2));
      await done(server.sql(identity, as(2)));
    });

    test("a number too far is told before anything is changed", async (context) => {
      const server = await started(context);
      const { code, output } = await make(server, 3);
      assert.equal(code, 1);
      assert.match(output, /takes neither the administrator's password of generation 3 nor that of 2\. Set postgres\./);
      assert.doesNotMatch(output, /Secret\d/);
      assert.equal(await done(server.sql("SELECT count(*) FROM pg_roles WHERE rolname ~ '^postgres-'")), "0");
    });
  });
}

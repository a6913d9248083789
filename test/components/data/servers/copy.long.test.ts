/** The scripts of a second server, on real ones: every version of Postgres that this machine has, and the newest. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { administratorLogin } from "../../../../components/data/postgresAdministrator";
import { openScript } from "../../../../components/data/servers/closed";
import {
  compareScript,
  copyScript,
  otherVariables,
  rehearsalScript,
} from "../../../../components/data/servers/copyScript";
import { jobLine } from "../jobLine";
import { type PostgresServer, postgresFolders, type Result, startPostgres } from "../postgresServer";

const superuser = { PGUSER: "postgres", PGPASSWORD: "superuser-of-this-test", PGDATABASE: "postgres" };
const seller = { PGUSER: "seller", PGPASSWORD: "seller-of-this-test", PGDATABASE: "shop" };
const folders = postgresFolders();

/** What apps of many kinds leave in a database. */
const goods = [
  "CREATE ROLE shop_owner; CREATE ROLE seller LOGIN PASSWORD 'seller-of-this-test' CONNECTION LIMIT 7; GRANT shop_owner TO seller",
  "ALTER ROLE seller SET search_path = 'shop'; ALTER ROLE seller SET role = 'shop_owner'",
];
const inShop = [
  "CREATE SCHEMA shop AUTHORIZATION shop_owner; CREATE EXTENSION pgcrypto; ALTER DATABASE shop CONNECTION LIMIT 40",
  "SET ROLE shop_owner; SET search_path = shop; CREATE TABLE goods (id bigserial PRIMARY KEY, name text NOT NULL, price numeric(10, 2), seen timestamptz, tags jsonb, picture bytea)",
  "SET ROLE shop_owner; INSERT INTO shop.goods (name, price, seen, tags, picture) SELECT 'thing ' || n, n / 3.0, now(), jsonb_build_object('n', n), decode(md5(n::text), 'hex') FROM generate_series(1, 3000) n",
  "SET ROLE shop_owner; SET search_path = shop; CREATE INDEX ON goods (lower(name)); CREATE VIEW dear AS SELECT * FROM goods WHERE price > 900; CREATE MATERIALIZED VIEW sums AS SELECT count(*) FROM goods; GRANT SELECT ON goods TO seller; REVOKE ALL ON dear FROM shop_owner; GRANT ALL ON dear TO shop_owner",
  'CREATE SCHEMA "O\'Hara, sold"; CREATE TABLE "O\'Hara, sold"."row" ("row" int, one_row text); INSERT INTO "O\'Hara, sold"."row" VALUES (1, \'a,b\'), (2, E\'line\\nbreak\')',
  "CREATE UNLOGGED TABLE shop.scratch (n int); INSERT INTO shop.scratch VALUES (1)",
];

for (const to of folders.slice(-1).concat(folders.slice(0, -1)))
  describe(`from ${folders[0]} to ${to}`, () => {
    let there: PostgresServer;
    let here: PostgresServer;

    before(async () => {
      there = await startPostgres(folders[0]!, {
        configuration: "max_prepared_transactions = 2\n",
        hba: "host all all all scram-sha-256\n",
      });
      here = await startPostgres(to, { configuration: "", hba: "host all all all scram-sha-256\n" });
    });
    beforeEach(async () => {
      for (const server of [there, here]) await emptied(server);
      const renewed = `CREATE ROLE "${administratorLogin(2)}" SUPERUSER LOGIN PASSWORD '${superuser.PGPASSWORD}'`;
      const actsAs = `ALTER ROLE "${administratorLogin(2)}" SET role = 'postgres'`;
      for (const statement of [renewed, actsAs, ...goods, "CREATE DATABASE shop TEMPLATE template0"])
        await sql(there, statement);
      for (const statement of inShop) await sql(there, statement, "shop");
    });
    after(async () => {
      await there.stop();
      await here.stop();
    });

    const run = async (script: string): Promise<Result> => {
      const port = (await sql(there, "SHOW port")).trim();
      const result = await here.sh(script, {
        ...superuser,
        [otherVariables.host]: "127.0.0.1",
        [otherVariables.port]: port,
        // Its administrator had another password since it was made, and the new server knows the superuser alone.
        [otherVariables.user]: administratorLogin(2),
      });
      assert.doesNotMatch(result.output, /of-this-test|SCRAM/);
      return result;
    };

    test("a copy is equal, and closes the server that it was made of, whose limits come back with it", async () => {
      const { code, output } = await run(copyScript);
      assert.equal(code, 0, output);
      const { compared } = jobLine(output, "copy");
      assert.equal(compared.different, 0, output);
      assert.equal(compared.rowsHere, 3002);
      assert.equal(await sql(here, "SELECT count(*) FROM shop.goods", "shop"), "3000");
      const refused = await there.sql("SELECT 1", seller);
      assert.match(refused.output, /too many connections for database "shop"/);
      // Both are opened by who makes the roles.
      for (const server of [there, here]) {
        const opened = await server.sh(openScript, superuser);
        assert.equal(opened.code, 0, opened.output);
        assert.equal((await server.sql("SELECT count(*) FROM goods", seller)).output, "3000");
        assert.equal(await sql(server, "SELECT datconnlimit FROM pg_database WHERE datname = 'shop'"), "40");
      }
      assert.equal((await here.sql("INSERT INTO goods (name) VALUES ('next') RETURNING id", seller)).output, "3001");
    });

    test("run again it changes nothing, and refuses where both servers were used", async () => {
      assert.equal((await run(copyScript)).code, 0);
      await here.sh(openScript, superuser);
      await sql(here, "DELETE FROM shop.goods WHERE id > 10", "shop");
      const again = await run(copyScript);
      assert.equal(again.code, 0, again.output);
      assert.match(again.output, /was made before/);
      assert.equal(await sql(here, "SELECT count(*) FROM shop.goods", "shop"), "10");
      await there.sh(openScript, superuser);
      for (const script of [copyScript, rehearsalScript]) {
        const { code, output } = await run(script);
        assert.equal(code, 1, output);
        assert.match(output, /left as (it is|they are)/);
      }
      assert.equal(await sql(here, "SELECT count(*) FROM shop.goods", "shop"), "10");
      assert.equal((await there.sql("SELECT count(*) FROM goods", seller)).output, "3000");
    });

    test("databases that no copy has made are left as they are", async () => {
      await sql(here, "CREATE DATABASE shop");
      await sql(here, "CREATE TABLE precious AS SELECT 1 AS n", "shop");
      for (const script of [rehearsalScript, copyScript]) {
        const { code, output } = await run(script);
        assert.equal(code, 1, output);
        assert.match(output, /databases that no copy has made/);
      }
      assert.equal(await sql(here, "SELECT n FROM precious", "shop"), "1");
      assert.equal((await there.sql("SELECT count(*) FROM goods", seller)).output, "3000");
    });

    test("a rehearsal leaves the server open while rows come and go, and can be repeated", async () => {
      let wrote = 0;
      let stop = false;
      const writes = (async () => {
        while (!stop) {
          const { code, output } = await there.sql(
            "INSERT INTO goods (name) VALUES ('new'); DELETE FROM goods WHERE id = (SELECT min(id) FROM goods WHERE id > 100)",
            seller,
          );
          assert.equal(code, 0, output);
          wrote++;
        }
      })();
      for (let round = 0; round < 2; round++) {
        const { code, output } = await run(rehearsalScript);
        assert.equal(code, 0, output);
        assert.equal(jobLine(output, "rehearsal").compared.different, 0);
      }
      stop = true;
      await writes;
      assert.ok(wrote > 1);
    });

    test("idle sessions end at once, and a transaction is waited for", async () => {
      const idle = await there.session(seller);
      const busy = await there.session(seller);
      busy.ask("BEGIN; INSERT INTO goods (name) VALUES ('late');");
      const running = run(copyScript);
      await closed(there);
      busy.ask("COMMIT;");
      const { code, output } = await running;
      assert.equal(code, 0, output);
      idle.ask("SELECT 'still there';");
      assert.match((await idle.end()).output, /terminating connection due to administrator command/);
      assert.equal(await sql(here, "SELECT count(*) FROM shop.goods WHERE name = 'late'", "shop"), "1");
      await busy.end();
    });

    test("one that fails leaves the server open and what was copied unused", async () => {
      await sql(
        there,
        "CREATE TABLE shop.bad (n int CHECK (n > 0)); INSERT INTO shop.bad VALUES (1); ALTER TABLE shop.bad DROP CONSTRAINT bad_n_check; INSERT INTO shop.bad VALUES (-1); ALTER TABLE shop.bad ADD CONSTRAINT positive CHECK (n > 0) NOT VALID",
        "shop",
      );
      const function_ =
        "CREATE FUNCTION shop.fails(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN IF current_setting('port') <> '%PORT%' THEN RAISE EXCEPTION 'elsewhere'; END IF; RETURN n; END $$";
      await sql(there, function_.replace("%PORT%", (await sql(there, "SHOW port")).trim()), "shop");
      await sql(there, "CREATE INDEX only_here ON shop.bad (shop.fails(n))", "shop");
      const { code, output } = await run(copyScript);
      assert.equal(code, 1, output);
      assert.match(output, /elsewhere/);
      assert.match(output, /is open again/);
      assert.equal((await there.sql("SELECT count(*) FROM goods", seller)).output, "3000");
      await sql(there, "DROP INDEX shop.only_here", "shop");
      const after = await run(copyScript);
      assert.equal(after.code, 0, after.output);
    });

    test("a prepared transaction is no part of a dump, and is refused", async () => {
      await sql(there, "BEGIN; INSERT INTO shop.goods (name) VALUES ('prepared'); PREPARE TRANSACTION 'half'", "shop");
      try {
        const { code, output } = await run(copyScript);
        assert.equal(code, 1, output);
        assert.match(output, /prepared transactions, which a copy would lose: half/);
        assert.equal((await there.sql("SELECT count(*) FROM goods", seller)).output, "3000");
      } finally {
        await sql(there, "ROLLBACK PREPARED 'half'", "shop");
      }
    });

    test("a comparison names what differs, of the kind that it is", async () => {
      assert.equal((await run(copyScript)).code, 0);
      await sql(there, "UPDATE shop.goods SET price = 1 WHERE id = 5; DROP VIEW shop.dear; CREATE SCHEMA late", "shop");
      await sql(here, 'DELETE FROM "O\'Hara, sold"."row" WHERE "row" = 1', "shop");
      const { code, output } = await run(compareScript);
      assert.equal(code, 0, output);
      assert.deepEqual(jobLine(output, "comparison").compared.differences.sort(), [
        "relation shop shop.dear is here alone",
        `rows shop "O'Hara, sold"."row": 2 there, 1 here`,
        `rows shop "O'Hara, sold"."row": others`,
        "rows shop shop.goods: others",
        "schema shop late is there alone",
      ]);
    });
  });

async function sql(server: PostgresServer, statement: string, database = "postgres"): Promise<string> {
  const { code, output } = await server.sql(statement, { ...superuser, PGDATABASE: database });
  assert.equal(code, 0, `${statement}: ${output}`);
  return output;
}

async function emptied(server: PostgresServer): Promise<void> {
  await sql(server, "ALTER DATABASE template1 RESET ALL");
  await sql(server, "DROP DATABASE IF EXISTS shop WITH (FORCE)");
  for (const role of ["seller", "shop_owner", `"${administratorLogin(2)}"`])
    await sql(server, `DROP ROLE IF EXISTS ${role}`);
}

async function closed(server: PostgresServer): Promise<void> {
  while ((await sql(server, "SELECT datconnlimit FROM pg_database WHERE datname = 'shop'")) !== "0");
}

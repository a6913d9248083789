/** What people wrote is in no log of a Postgres that runs with what the program gives each kind. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rdsParameters } from "../../../components/clouds/aws/postgresParameters";
import { databaseFlags } from "../../../components/clouds/gcp/postgresFlags";
import { postgresqlConf } from "../../../components/data/postgresConf";
import { sampleOf } from "../../support/config";
import { problems } from "../settings/stack";
import { postgresFolders, startPostgres } from "./postgresServer";

const folders = postgresFolders();
const lines = (values: readonly { name: string; value: string }[]) =>
  values
    // What is the cloud's own is known to its servers alone.
    .filter(({ name }) => !/^(cloudsql|rds)\./.test(name))
    .map(({ name, value }) => `${name} = '${value}'`)
    .join("\n");

/** `postgresql.conf` of each kind, with what its settings may ask to be logged on top. */
const configurations = {
  inCluster: postgresqlConf({
    maxConnections: 20,
    memoryBytes: 192 * 2 ** 20,
    parameters: { log_statement: "all", log_min_duration_statement: 0 },
  }),
  rds: lines(
    rdsParameters({ maxConnections: 20, blueGreenUpdates: false, parameters: { log_min_duration_statement: 0 } }),
  ),
  cloudSql: lines(
    databaseFlags({ maxConnections: 20, parameters: { log_statement: "all", log_min_duration_statement: 0 } }),
  ),
};

/** Statements as both apps send them: the text, and parameters apart from it (the extended protocol). */
const statements = {
  "a slow one": "SELECT pg_sleep(1.1), :word;",
  "one that is stored": "INSERT INTO note (id, body) VALUES (1, :word);",
  "one whose key is taken": "INSERT INTO note (id, body) VALUES (2, :word);",
  "one that breaks a rule": "INSERT INTO note (id, body, size) VALUES (3, :word, -1);",
  "one that misses a value": "INSERT INTO note (id, body, size) VALUES (4, :word, NULL);",
};
const word = "what-ada-wrote";
const superuser = { PGUSER: "postgres", PGPASSWORD: "superuser-of-this-test", PGDATABASE: "postgres" };

for (const folder of folders) {
  for (const [kind, configuration] of Object.entries(configurations)) {
    test(`${folder}: nothing that people wrote is in the log of ${kind}`, async (context) => {
      const server = await startPostgres(folder, { configuration });
      context.after(() => server.stop());
      const made = await server.sql(
        "CREATE TABLE note (id int PRIMARY KEY, body text UNIQUE, size int NOT NULL DEFAULT 0 CHECK (size >= 0))",
      );
      assert.equal(made.code, 0, made.output);
      const said: string[] = [];
      for (const statement of Object.values(statements)) {
        const script = `pgbench --no-vacuum --protocol=extended --transactions=1 --define=word="$WORD" --file=/dev/stdin`;
        const run = `PATH="${folder}:$PATH"; printf '%s\\n' "$STATEMENT" | ${script} 2>&1 || true`;
        said.push((await server.sh(run, { ...superuser, STATEMENT: statement, WORD: word })).output);
      }
      // The client is told: that the log says less is no reason to say less to whom it concerns.
      assert.match(said.join("\n"), /Failing row contains \(3, what-ada-wrote, -1\)/);
      assert.equal((await server.sql("SELECT count(*) FROM note")).output, "1");
      const log = server.log();
      assert.match(log, /violates check constraint/);
      assert.match(log, /INSERT INTO note \(id, body, size\) VALUES \(3, \$1, -1\)/);
      assert.doesNotMatch(log, /what-ada-wrote/);
      // Slow statements are told, and which ones.
      assert.match(
        log,
        /duration: 1\d{3}\.\d+ ms[\s\S]*pg_sleep\(1\.1\), \$1|pg_sleep\(1\.1\), \$1[\s\S]*duration: 1\d{3}\./,
      );
    });
  }
}

test("the settings of no kind can put it there", () => {
  const asked = {
    ...{ log_parameter_max_length: -1, log_parameter_max_length_on_error: 100, log_error_verbosity: "default" },
    ...{ "pgaudit.log_parameter": "on", "auto_explain.log_min_duration": 0, debug_print_plan: "on" },
  };
  for (const kind of ["inCluster", "rds", "cloudSql"]) {
    const parameters = { ...asked, log_min_duration_statement: 100 };
    const found = problems((raw) => {
      raw.postgres = { ...(kind === "inCluster" ? raw.postgres : sampleOf(kind)), parameters };
    }).filter((text) => text.includes("messages of people would be in the log"));
    const names = found.map((text) => text.replace(/^postgres\.parameters(?:\.(\w+)|\["([\w.]+)"\]):.*$/, "$1$2"));
    assert.deepEqual(names.sort(), Object.keys(asked).sort(), kind);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { databaseFlags } from "../../../../components/clouds/gcp/postgresFlags";

test("flags are sorted, and values are text as Cloud SQL takes them", () => {
  const flags = databaseFlags({ maxConnections: 200, parameters: { work_mem: 8192, jit: false, autovacuum: true } });
  const names = flags.map(({ name }) => name);
  assert.deepEqual(names, [...names].sort());
  const value = (name: string) => flags.find((flag) => flag.name === name)?.value;
  assert.deepEqual(["work_mem", "jit", "autovacuum", "max_connections"].map(value), ["8192", "off", "on", "200"]);
});

test("the settings win over what is chosen here, but for the connections, which have a setting of their own", () => {
  const flags = databaseFlags({ maxConnections: 50, parameters: { log_statement: "none", max_connections: 9 } });
  const value = (name: string) => flags.filter((flag) => flag.name === name).map((flag) => flag.value);
  assert.deepEqual([value("log_statement"), value("max_connections")], [["none"], ["50"]]);
});

test("no statement is logged with its values for being slow", () => {
  const flag = databaseFlags({ maxConnections: 50, parameters: {} }).find(
    ({ name }) => name === "log_min_duration_statement",
  );
  assert.equal(flag?.value, "-1");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { rdsParameters } from "../../../../components/clouds/aws/postgresParameters";

const args = { maxConnections: 120, blueGreenUpdates: false, parameters: {} };
const asMap = (given: Partial<Parameters<typeof rdsParameters>[0]> = {}) =>
  Object.fromEntries(rdsParameters({ ...args, ...given }).map(({ name, ...entry }) => [name, entry]));

test("TLS is asked for, log-ins and slow statements are in the log", () => {
  const parameters = asMap();
  const now = (value: string) => ({ value, applyMethod: "immediate" });
  assert.deepEqual(parameters["rds.force_ssl"], now("1"));
  for (const name of ["log_connections", "log_disconnections", "log_lock_waits"])
    assert.deepEqual(parameters[name], now("1"), name);
  assert.deepEqual(parameters.log_min_duration_statement, now("1000"));
  assert.deepEqual(parameters.max_connections, { value: "120", applyMethod: "pending-reboot" });
});

test("no password and no message of a person is in the log", () => {
  const { log_statement: statements, log_parameter_max_length: parameters } = asMap();
  assert.equal(statements?.value, "none");
  assert.equal(parameters?.value, "0");
});

test("own parameters win, and what is read at the start waits for one", () => {
  const parameters = asMap({
    parameters: { work_mem: 8192, log_lock_waits: false, shared_preload_libraries: "pg_stat_statements", jit: "0" },
  });
  assert.deepEqual(parameters.work_mem, { value: "8192", applyMethod: "immediate" });
  assert.equal(parameters.log_lock_waits?.value, "0");
  assert.equal(parameters.shared_preload_libraries?.applyMethod, "pending-reboot");
  assert.equal(parameters.jit?.applyMethod, "immediate");
});

test("logical replication is on only where copies of another version follow by it", () => {
  assert.equal(asMap()["rds.logical_replication"], undefined);
  assert.deepEqual(asMap({ blueGreenUpdates: true })["rds.logical_replication"], {
    value: "1",
    applyMethod: "pending-reboot",
  });
});

test("the order does not depend on the settings", () => {
  const names = rdsParameters({ ...args, parameters: { a: 1, z: 1 } }).map(({ name }) => name);
  assert.deepEqual(names, [...names].sort());
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { RunError } from "@pulumi/pulumi";
import { StackProtection } from "../../../components/stack/protection";
import { smallConfig } from "../../support/config";
import { plan } from "../../support/plan";
import { runProgram } from "../../support/programRun";

test("a protected stack protects everything that asks, and an unprotected one nothing", () => {
  const on = new StackProtection({ protect: true, unprotected: [] });
  const off = new StackProtection({ protect: false, unprotected: [] });
  for (const name of ["cluster-cluster", "postgres-instance"]) {
    assert.equal(on.covers(name), true);
    assert.equal(off.covers(name), false);
  }
});

test("a name in operations.unprotected lifts the protection of this one and of no other", () => {
  const protection = new StackProtection({ protect: true, unprotected: ["postgres-instance"] });
  assert.equal(protection.covers("postgres-instance"), false);
  assert.equal(protection.covers("postgres-instance-2"), true);
  assert.equal(protection.covers("redis-instance"), true);
  assert.doesNotThrow(() => protection.check());
});

test("a name that is nothing which can be protected is refused, with the names that are", () => {
  const protection = new StackProtection({ protect: true, unprotected: ["postgres", "nothing", "redis-instance"] });
  for (const name of ["redis-instance", "postgres-instance", "cluster-cluster"]) protection.covers(name);
  const allowed = "use one of cluster-cluster, postgres-instance, redis-instance";
  assert.throws(
    () => protection.check(),
    (error: unknown) => {
      assert(RunError.isInstance(error));
      assert.deepEqual((error as Error).message.split("\n"), [
        `operations.unprotected: "postgres" is not the name of anything that is protected; ${allowed}`,
        `operations.unprotected: "nothing" is not the name of anything that is protected; ${allowed}`,
      ]);
      return true;
    },
  );
});

test("names are checked without protection too, so that a wrong one does not wait for production", () => {
  const protection = new StackProtection({ protect: false, unprotected: ["postgres"] });
  protection.covers("postgres-server");
  assert.throws(() => protection.check(), /use one of postgres-server/);
});

/** What protects the images' versions and the pods is not the point here. */
const digest = `@sha256:${"0".repeat(64)}`;
const pinned = (unprotected: readonly string[]) => {
  const config = smallConfig({ operations: { protect: true, unprotected } });
  for (const layer of Object.values(config) as { image?: string }[]) if (layer.image) layer.image += digest;
  return config;
};

test("the program itself: what holds data is protected, and a name lifts it", async () => {
  const names = (from: Awaited<ReturnType<typeof plan>>) =>
    from.registrations.filter(({ protect }) => protect).map(({ name }) => name);
  const all = ["namespace-namespace", "postgres-server", "redis-server"];
  assert.deepEqual(names(await plan(pinned([]))).sort(), all);
  assert.deepEqual(names(await plan(pinned(["redis-server"]))).sort(), all.slice(0, 2));
});

test("the program itself refuses a name that is not there, with those that are", () => {
  assert.equal(
    runProgram(pinned(["redis"])).error,
    'operations.unprotected: "redis" is not the name of anything that is protected; use one of namespace-namespace, postgres-server, redis-server',
  );
});

/** The whole program for Google Cloud under the real Pulumi engine, on a cloud that is as unkind as Google's was to others. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { heldPeering } from "../../local/googlePeering";
import { FakeGoogle, googleSwitches } from "../support/cloud/google";
import { keepingKubernetes } from "../support/cloud/kubernetes";
import { CloudStack } from "../support/cloud/stack";

const sql = "gcp:sql/databaseInstance:DatabaseInstance";
const redis = "gcp:redis/instance:Instance";
const pool = "gcp:container/nodePool:NodePool";

async function opened(context: { after(done: () => void): void }, google: FakeGoogle): Promise<CloudStack> {
  const stack = await CloudStack.open("prod", [google.provider(), keepingKubernetes(google)]);
  context.after(() => stack.close());
  return stack;
}

test("prod on Google Cloud comes up, stays as it is, changes and goes", async (context) => {
  const google = new FakeGoogle();
  const stack = await opened(context, google);
  // No node pool is finished before both servers have begun: a server that waits for the nodes would never begin.
  const begun = (type: string) => google.at("create", type, "begun") >= 0;
  google.holds(pool, () => begun(sql) && begun(redis));

  await context.test("the first up makes everything, the servers beside the cluster", async () => {
    const first = await stack.up();
    assert.deepEqual([first.exitCode, first.errors], [0, []], first.text);
    assert.ok(google.at("create", sql, "begun") < google.at("create", pool, "done"));
    assert.ok(google.at("create", redis, "begun") < google.at("create", pool, "done"));
  });

  await context.test("no password is in clear in the state", async () => {
    const passwords = google.all(sql).map(({ properties }) => String((properties.rootPassword as any).value));
    assert.ok(passwords.length === 1 && passwords[0]!.length === 40);
    assert.ok(!JSON.stringify(await stack.exported()).includes(passwords[0]!));
  });

  await context.test("the second one changes nothing, nor does anything differ", async () => {
    assert.deepEqual((await stack.up()).changes, []);
    assert.deepEqual((await stack.drift()).changes, []);
    await stack.refresh();
    assert.deepEqual((await stack.preview()).changes, []);
  });

  await context.test("a change is that change", async () => {
    await stack.configure((config) => {
      config["switchboard:operations"].protect = false;
    });
    const changed = await stack.up();
    assert.deepEqual(changed.errors, []);
    assert.deepEqual([...changed.changes].sort(), [
      "update Cluster cluster-gke",
      "update DatabaseInstance postgres-instance",
      "update Instance redis-instance",
    ]);
  });

  await context.test("a reader without the right to the password of Redis is told the permission", async () => {
    google.set(googleSwitches.authString, true);
    const refused = await stack.drift();
    google.set(googleSwitches.authString, false);
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.errors.join("\n"), /redis\.instances\.getAuthString/);
  });

  await context.test("nothing is left, but for what no API deletes", async () => {
    const held = await stack.destroy();
    assert.match(held.errors.join("\n"), /already being used by/);
    const peering = heldPeering((await stack.exported()).deployment.resources ?? []);
    assert.ok(peering);
    google.removePeering(peering.name, peering.network);
    const gone = await stack.destroy();
    assert.deepEqual([gone.exitCode, gone.errors], [0, []], gone.text);
    assert.deepEqual(
      [...google.things.values()].map(({ type }) => type),
      ["gcp:kms/keyRing:KeyRing"],
    );
  });
});

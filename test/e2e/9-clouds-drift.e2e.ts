/** A look at a whole stack in a cloud by somebody who may not read all of it, under the real Pulumi engine. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { driftOf } from "../../review/drift";
import { lookAtReadable } from "../../review/drift/readable";
import { textOf } from "../../review/drift/text";
import { stackPreview } from "../../review/plan";
import { FakeGoogle, googleSwitches } from "../support/cloud/google";
import { keepingKubernetes } from "../support/cloud/kubernetes";
import { CloudStack } from "../support/cloud/stack";

test("a reader who may not read the password of Redis is told so, and of everything else what differs", async (context) => {
  const google = new FakeGoogle();
  const stack = await CloudStack.open("prod", [google.provider(), keepingKubernetes(google)]);
  context.after(() => stack.close());
  const first = await stack.up();
  assert.deepEqual(first.errors, [], first.text);
  google.set(googleSwitches.authString, true);
  const { deployment } = await stack.exported();
  const looks: (readonly string[])[] = [];
  const look = () =>
    lookAtReadable(async (without) => {
      looks.push(without);
      const run = await stack.drift({ flags: without.flatMap((urn) => ["--exclude", urn]) });
      const stdout = run.text.slice(0, run.text.lastIndexOf("\n}") + 2);
      return stackPreview(stdout, { project: "switchboard", stack: "prod", exitCode: run.exitCode, stderr: "" });
    }, deployment.resources ?? []);

  const redis = "redis-instance";
  const unread = [{ type: "gcp:redis/instance:Instance", names: [redis], permission: "redis.instances.getAuthString" }];
  const same = await look();
  assert.equal(same.preview.succeeded, true, JSON.stringify(same.preview.diagnostics));
  assert.deepEqual(same.unread, unread);
  assert.deepEqual(driftOf(same.preview, same.unread).resources, []);
  assert.equal(looks.length, 2, "one look finds it, one goes without it");

  const [network] = google.all("gcp:compute/network:Network");
  network!.properties = { ...network!.properties, description: "changed by hand" };
  const [sql] = google.all("gcp:sql/databaseInstance:DatabaseInstance");
  google.remove(sql!.type, sql!.id);
  const other = await look();
  const drift = driftOf(other.preview, other.unread);
  assert.deepEqual(
    drift.resources.filter(({ what }) => what === "gone").map(({ type }) => type),
    [sql!.type],
  );
  const text = textOf(drift, false).join("\n");
  assert.match(
    text,
    /not looked at: 1 Instance of prod \(redis-instance\), because these credentials lack the permission redis\.instances\.getAuthString/,
  );
  assert.doesNotMatch(text, /redis-instance is gone/);
});

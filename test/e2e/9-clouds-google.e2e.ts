/** The whole program for Google Cloud under the real Pulumi engine, on a cloud that is as unkind as Google's was to others. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { destroyResources } from "../../cli/commands/down/destroyResources";
import { begunAtCloud, continueAtCloud } from "../../cli/commands/up/begunAtCloud";
import { gkeIdentity, gkeProblems, lookAtGke } from "../../components/clouds/gcp/deployed/condition";
import { FakeGoogle, googleSwitches } from "../support/cloud/google";
import { keepingKubernetes } from "../support/cloud/kubernetes";
import { CloudStack } from "../support/cloud/stack";
import { nothingElse, progress } from "./support/cloudRuns";
import { previewOfDeployed } from "./support/deployed";

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

  await context.test("its servers are called as ever, so that no stack would make them anew", async () => {
    const { resources = [] } = (await stack.exported()).deployment;
    const servers = resources.filter(({ type }) => type === sql || type === redis);
    const start = "urn:pulumi:prod::switchboard::switchboard:";
    assert.deepEqual(servers.map(({ urn }) => urn).sort(), [
      `${start}data:CloudSqlPostgres$${sql}::postgres-instance`,
      `${start}data:MemorystoreRedis$${redis}::redis-instance`,
    ]);
    for (const { provider } of servers) {
      assert.match(
        provider,
        /^urn:pulumi:prod::switchboard::switchboard:cluster:GkeCluster\$pulumi:providers:gcp::cluster-google::/,
      );
    }
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
    const asked: string[] = [];
    await destroyResources({ stack: "prod", cloud: "gcp" }, stack.driven, {
      ...{ progress, signal: new AbortController().signal },
      run: async (program, args) => {
        asked.push([program, ...args].join(" "));
        google.gcloud(args);
      },
    });
    assert.match(
      asked.join(),
      /^gcloud compute networks peerings delete servicenetworking-googleapis-com --network cluster-network-vpc-\w+ --project switchboard-prod --quiet$/,
    );
    assert.deepEqual(
      [...google.things.values()].map(({ type }) => type),
      ["gcp:kms/keyRing:KeyRing"],
    );
  });
});

test("a cluster whose creation failed half-way is no success, and what is advised works", async (context) => {
  const google = new FakeGoogle();
  const stack = await opened(context, google);
  google.set(googleSwitches.halfWay, true);
  const first = await stack.up();
  assert.match(first.errors.join("\n"), /cluster may be unhealthy/);
  google.set(googleSwitches.halfWay, false);

  const second = await stack.up();
  assert.notEqual(second.exitCode, 0);
  assert.match(second.text, /cluster switchboard-prod has no API server: its creation did not come to its end/);
  assert.doesNotMatch(second.text, /Calling \[toString\]|Output<T>/);

  const gke = gkeIdentity((await stack.exported()).deployment.resources ?? [])!;
  const condition = await lookAtGke(gke, async (_, args) => google.gcloud(args));
  const [cluster, pool] = gkeProblems(gke, condition!);
  assert.match(cluster!.what, /^is in ERROR at Google/);
  assert.match(pool!.what, /the creation of the cluster ended before it was removed/);
  const [command] = /gcloud container clusters delete \S+ --region \S+ --project \S+/.exec(cluster!.what) ?? [];
  google.gcloud(command!.split(" ").slice(1));

  const mended = await stack.up({ flags: ["--refresh"] });
  assert.deepEqual([mended.exitCode, mended.errors], [0, []], mended.text);
  const whole = await lookAtGke(gkeIdentity((await stack.exported()).deployment.resources!)!, async (_, args) =>
    google.gcloud(args),
  );
  assert.deepEqual(gkeProblems(gkeIdentity((await stack.exported()).deployment.resources!)!, whole!), []);
});

test("what a killed first up has begun is the state's, and the next up goes on", async (context) => {
  const google = new FakeGoogle();
  const stack = await opened(context, google);
  const cluster = "gcp:container/cluster:Cluster";
  // The first request is heard, and Google ends what it has begun, whatever becomes of who has asked; the second is not.
  for (const [type, isHeard] of [
    [cluster, true],
    [pool, false],
  ] as const) {
    const killer = new AbortController();
    google.holds(type, () => killer.signal.aborted);
    if (!isHeard) google.quotas[type] = 0;
    const killed = stack.up({ killed: killer.signal });
    const early = killed.then(({ errors }) => errors.join("\n"));
    const begins = google.until(() => google.at("create", type, "begun") >= 0);
    assert.equal(await Promise.race([begins, early]), true);
    await nothingElse(stack, type);
    killer.abort();
    assert.notEqual((await killed).exitCode, 0);
    google.wake();
    await google.until(() => google.at("create", type, isHeard ? "done" : "refused") >= 0);
    assert.equal(google.all(type).length, isHeard ? 1 : 0);
    delete google.quotas[type];

    await stack.unlock();
    const begun = begunAtCloud(await stack.driven.exported());
    assert.ok(begun.some(({ urn, id }) => id !== undefined && urn.split("$").at(-1)!.startsWith(`${type}::`)));
    await continueAtCloud(stack.driven, { progress, signal: new AbortController().signal });
    assert.deepEqual(begunAtCloud(await stack.driven.exported()), []);
  }
  const gone = await stack.up();
  assert.deepEqual([gone.exitCode, gone.errors], [0, []], gone.text);
  assert.deepEqual((await stack.up()).changes, []);
});

test("a stack of the release before keeps its cluster and its servers", async () => {
  const { errors, operations } = await previewOfDeployed("prod", ({ type, inputs, outputs }) => {
    for (const properties of [inputs, outputs]) {
      if (type === sql) delete properties.rootPassword;
      if (type === "gcp:container/cluster:Cluster") delete properties.nodeConfig;
    }
  });
  assert.deepEqual(errors, []);
  const changed = Object.entries(operations).flatMap(([urn, op]) =>
    op === "same" ? [] : [`${op} ${urn.split("::").at(-1)}`],
  );
  assert.deepEqual(changed, ["update postgres-instance"]);
});

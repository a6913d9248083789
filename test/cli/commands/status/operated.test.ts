/** What is said of servers that an operator runs in the cluster. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StateFacts } from "../../../../cli/commands/status/facts";
import { statusLines } from "../../../../cli/commands/status/render";
import { stateFacts } from "../../../../cli/commands/status/stateFacts";
import { verdictOf } from "../../../../cli/commands/status/verdict";
import { healthy, labelsOf, pod } from "./builders";
import { put, remove, removePods, type World, waiting } from "./world";

const type = "kubernetes:postgresql.cnpg.io/v1:Cluster";
const cluster = {
  ...{ urn: `urn:pulumi:dev::switchboard::${type}::postgres-cluster`, type, custom: true, outputs: {} },
  inputs: {
    metadata: { name: "postgres", namespace: "switchboard" },
    spec: { instances: 2, imageName: "registry.example/postgresql:17.5" },
  },
};

/** A healthy stack whose Postgres is two servers of an operator. */
function operated(): World {
  const world = healthy();
  const known = world.state as StateFacts;
  const { operated } = stateFacts(
    { deployment: { resources: [cluster as never] } },
    "switchboard",
    undefined,
    undefined,
  );
  remove(world, "StatefulSet", "postgres");
  removePods(world, "postgres");
  const expected = known.expected.filter(({ name }) => name !== "postgres");
  Object.assign(world, { state: { ...known, expected, operated } });
  put(world, server(1), server(2));
  return world;
}

function server(index: number, container?: any, more: any = {}) {
  const labels = {
    ...labelsOf("postgres", "server", "17.5"),
    ...{ "cnpg.io/cluster": "postgres", "cnpg.io/podRole": "instance", ...more },
  };
  return pod("postgres", index, container, { metadata: { name: `postgres-${index}`, labels } });
}

test("the state says which servers there are to be, in this namespace alone", () => {
  const of = (namespace: string) =>
    stateFacts({ deployment: { resources: [cluster as never] } }, namespace, undefined, undefined).operated;
  assert.deepEqual(of("switchboard"), [
    {
      ...{ tier: "postgres", name: "postgres", replicas: 2, image: "registry.example/postgresql:17.5" },
      labels: { "cnpg.io/cluster": "postgres", "cnpg.io/podRole": "instance" },
    },
  ]);
  assert.deepEqual(of("elsewhere"), []);
});

test("servers that are all ready are healthy, and are told with their version; a job of the operator is no server", () => {
  const world = operated();
  put(world, server(3, waiting("CrashLoopBackOff"), { "cnpg.io/podRole": undefined, "cnpg.io/jobRole": "join" }));
  const status = verdictOf(world);
  assert.deepEqual([status.healthy, status.problems], [true, []]);
  const tier = status.tiers.find(({ tier }) => tier === "postgres")!;
  assert.deepEqual(
    [tier.kind, tier.ready, tier.desired, tier.version, tier.rollout],
    ["operated", 2, 2, "17.5", "complete"],
  );
  assert.deepEqual(
    tier.pods.map(({ name }) => name),
    ["postgres-1", "postgres-2"],
  );
  const lines = statusLines({ facts: world, status }, { colours: false });
  assert.ok(
    lines.some((line) => /^ *postgres .*17\.5/.test(line)),
    lines.join("\n"),
  );
});

test("one that is not ready, and none at all", () => {
  const world = operated();
  put(world, server(2, waiting("CreateContainerConfigError")));
  assert.match(verdictOf(world).line, /NOT healthy: postgres 1 of 2 ready \(.*CreateContainerConfigError/);
  remove(world, "Pod", "postgres-1");
  remove(world, "Pod", "postgres-2");
  assert.match(verdictOf(world).line, /NOT healthy: postgres 0 of 2 ready \(no pod has been made\)/);
});

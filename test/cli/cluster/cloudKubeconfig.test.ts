import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudKubeconfig } from "../../../cli/cluster/cloudKubeconfig";
import { stateFacts } from "../../../cli/commands/status/stateFacts";
import type { ExportedStack } from "../../../engine/stack/state";
import { deployedState } from "../../support/deployedState";
import { plan, stackConfig } from "../../support/plan";

const withResource = (type: string, outputs: object, more: object = {}): ExportedStack => ({
  deployment: {
    resources: [{ urn: `urn:pulumi:prod::switchboard::${type}::cluster`, type, outputs: { ...outputs }, ...more }],
  },
});

test("a cluster of Google: its DNS endpoint, and a plugin that gives the token", () => {
  const outputs = {
    name: "switchboard-prod",
    controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: "gke-1.europe-west1.gke.goog" } },
  };
  const { text, context } = cloudKubeconfig("prod", withResource("gcp:container/cluster:Cluster", outputs));
  const { clusters, users } = JSON.parse(text);
  assert.equal(context, "switchboard-prod");
  assert.equal(clusters[0].cluster.server, "https://gke-1.europe-west1.gke.goog");
  assert.equal(users[0].user.exec.command, "gke-gcloud-auth-plugin");
});

test("a cluster of Amazon: its endpoint and authority, and the CLI that gives the token for its region", () => {
  const outputs = {
    ...{
      name: "switchboard-prod-eks",
      endpoint: "https://1.eks.amazonaws.com",
      certificateAuthority: { data: "Q0E=" },
    },
    arn: "arn:aws:eks:eu-central-1:123456789012:cluster/switchboard-prod-eks",
  };
  const { text } = cloudKubeconfig("prod-eks", withResource("aws:eks/cluster:Cluster", outputs));
  const { clusters, users } = JSON.parse(text);
  assert.deepEqual(clusters[0].cluster, { server: outputs.endpoint, "certificate-authority-data": "Q0E=" });
  assert.equal(
    users[0].user.exec.args.join(" "),
    "eks get-token --cluster-name switchboard-prod-eks --region eu-central-1 --output json",
  );
});

test("a stack without a cluster in its state is not up", () => {
  for (const state of [
    undefined,
    {},
    { deployment: {} },
    withResource("gcp:container/cluster:Cluster", {}, { delete: true }),
  ]) {
    assert.throws(() => cloudKubeconfig("prod", state), /prod is not up: its state holds no cluster/);
  }
});

for (const [stack, servers] of [
  ["prod", /^postgres Cloud SQL POSTGRES_\d+.*redis Memorystore REDIS_/],
  ["prod-eks", /^postgres RDS postgres \d+.*redis ElastiCache (redis|valkey) \d/],
] as const) {
  test(`what ${stack} has made: every tier, its Services, and the servers that the cloud runs`, async () => {
    const deployed = deployedState(await plan(stackConfig(stack), { stack, preview: false }), stack);
    const facts = stateFacts({ deployment: { resources: deployed } }, "switchboard", undefined, undefined);
    const named = (kind: string) => facts.expected.flatMap((each) => (each.kind === kind ? [each.name] : [])).sort();
    assert.deepEqual(named("Deployment"), ["chat", "edge", "panel", "workers"]);
    assert.deepEqual(named("Service"), ["chat", "chat-headless", "edge", "panel"]);
    assert.deepEqual(named("CronJob"), ["panel-cleanup"]);
    assert.ok(facts.expected.every(({ kind, replicas, image }) => kind !== "Deployment" || (replicas! >= 1 && image)));
    assert.match(
      facts.managed
        .map(({ tier, what }) => `${tier} ${what}`)
        .sort()
        .join(" "),
      servers,
    );
  });
}

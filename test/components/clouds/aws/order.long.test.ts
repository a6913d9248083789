import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eksPlan, largeCluster } from "../../../support/eksPlan";
import { Order } from "../../../support/order";
import type { Plan, Registration } from "../../../support/plan";

/** Stages of `up`; `destroy` goes through them the other way round. */
const stages: { what: string; of: (entry: Registration) => boolean }[] = [
  { what: "key", of: ({ name }) => name === "cluster-encryption-key" },
  { what: "log group", of: ({ name }) => name === "cluster-logs-control-plane" },
  { what: "control plane", of: ({ type }) => type === "aws:eks/cluster:Cluster" },
  { what: "network plugin", of: ({ name }) => name === "cluster-network-addons-vpc-cni" },
  { what: "nodes", of: ({ type }) => type === "aws:eks/nodeGroup:NodeGroup" },
  { what: "DNS", of: ({ name }) => name === "cluster-node-addons-coredns" },
  { what: "volumes' driver", of: ({ name }) => name === "cluster-node-addons-aws-ebs-csi-driver" },
  { what: "way in", of: ({ name }) => name === "cluster-provider" },
  { what: "balancers' controller", of: ({ name }) => name === "cluster-controllers-balancer-release" },
  { what: "namespace", of: ({ name }) => name === "namespace-namespace" },
  { what: "public Service", of: ({ name }) => name === "edge-service" },
];

describe("the order of EKS", () => {
  let plan: Plan;
  let order: Order;
  const all = (what: (entry: Registration) => boolean) => {
    const found = plan.registrations.filter(what);
    assert.ok(found.length > 0);
    return found;
  };
  const named = (name: string) => all((entry) => entry.name === name && !entry.type.startsWith("switchboard:"))[0]!;
  const assertBefore = (first: Registration, then: Registration) =>
    assert.ok(order.after(then, first), `${first.name} comes before ${then.name}, and goes after it`);
  before(async () => {
    plan = await eksPlan(largeCluster());
    order = new Order(plan);
  });

  for (const [index, stage] of stages.entries()) {
    const next = stages[index + 1];
    if (next)
      test(`${stage.what} before ${next.what}; on destroy the other way round`, () => {
        for (const first of all(stage.of)) for (const then of all(next.of)) assertBefore(first, then);
      });
  }

  test("every pod network add-on is there before a node, every other one after all nodes", () => {
    const nodes = all(({ type }) => type === "aws:eks/nodeGroup:NodeGroup");
    for (const addon of all(({ type }) => type === "aws:eks/addon:Addon"))
      for (const node of nodes)
        if (addon.name.startsWith("cluster-network-addons")) assertBefore(addon, node);
        else assertBefore(node, addon);
  });

  test("a role has its rights before it is used, and loses them after", () => {
    const rights = all(({ type }) => /^aws:iam\/rolePolicy/.test(type));
    const users: Record<string, string> = {
      "cluster-control-plane": "cluster-control-plane-cluster",
      "cluster-pools-node": "cluster-pools-apps",
      "cluster-network-addons-vpc-cni": "cluster-network-addons-vpc-cni",
      "cluster-node-addons-aws-ebs-csi-driver": "cluster-node-addons-aws-ebs-csi-driver",
      "cluster-controllers-balancer": "cluster-controllers-balancer-release",
      "cluster-controllers-autoscaler": "cluster-controllers-autoscaler-release",
      "cluster-controllers-dns-solver": "namespace-namespace",
      "cluster-logs-network-writer": "cluster-logs-flow",
    };
    for (const right of rights) {
      const user = Object.keys(users).find((prefix) => right.name.startsWith(prefix));
      assert.ok(user, right.name);
      assertBefore(right, named(users[user]!));
    }
    for (const association of all(({ type }) => type.endsWith(":PodIdentityAssociation")))
      assertBefore(association, named("namespace-namespace"));
  });

  test("the deployer's entry comes before everything inside the cluster and goes after it", () => {
    for (const entry of ["cluster-access-deployer", "cluster-access-deployer-right"])
      for (const inside of all(({ type }) => type.startsWith("kubernetes:"))) assertBefore(named(entry), inside);
  });

  test("nodes reach the internet before there are any, and until the last is gone", () => {
    const ways = all(({ type }) => type === "aws:ec2/route:Route" || type === "aws:ec2/natGateway:NatGateway");
    const joins = all(({ type, name }) => type.endsWith(":RouteTableAssociation") && !name.includes("data"));
    for (const node of all(({ type }) => type === "aws:eks/nodeGroup:NodeGroup"))
      for (const way of [...ways, ...joins]) assertBefore(way, node);
  });

  test("what the balancer holds on to goes after the control plane, long after the balancer", () => {
    const control = named("cluster-control-plane-cluster");
    for (const held of all(({ name }) => /^cluster-entrance-(address-.*|group)$/.test(name)))
      assertBefore(held, control);
    assertBefore(named("cluster-entrance-to-pods"), named("namespace-namespace"));
  });

  test("destroy needs no API server for what dies with the control plane, and leaves nothing outside it", () => {
    const control = named("cluster-control-plane-cluster");
    for (const entry of plan.registrations) {
      if (entry.type.startsWith("aws:")) {
        assert.equal(entry.deletedWith, "", `${entry.urn} is deleted for real`);
        // Backups that stay are encrypted with the key.
        assert.equal(entry.retainOnDelete, entry.type === "aws:kms/key:Key", entry.urn);
      }
      if (entry.type.startsWith("kubernetes:") && entry.urn.includes("EksCluster"))
        assert.equal(entry.deletedWith, control.urn, entry.urn);
    }
    assert.equal(named("namespace-namespace").deletedWith, "", "its Service and volumes are given back");
  });
});

describe("a change that must leave the cluster alone", () => {
  let base: Plan;
  const pools = (changes: object) =>
    largeCluster({
      pools: { ...(largeCluster().pools as object), apps: { machineType: "m7g.large", min: 2, max: 6, ...changes } },
    });
  before(async () => {
    base = await eksPlan(pools({}));
  });

  /** What of the plan is not as it was, by name. */
  async function changed(cluster: object, options: { preview?: boolean } = {}): Promise<Record<string, string[]>> {
    const plan = await eksPlan(cluster, options);
    assert.deepEqual(
      plan.registrations.map(({ urn }) => urn),
      base.registrations.map(({ urn }) => urn),
    );
    const entries = plan.registrations.flatMap((entry, index) => {
      const before = base.registrations[index]!.inputs ?? {};
      const keys = new Set([...Object.keys(before), ...Object.keys(entry.inputs ?? {})]);
      const differing = [...keys].filter((key) => JSON.stringify(before[key]) !== JSON.stringify(entry.inputs[key]));
      return differing.length > 0 && entry.custom ? [[entry.name, differing] as const] : [];
    });
    return Object.fromEntries(entries);
  }

  test("a machine type: a new group beside the old one, and nothing else", async () => {
    assert.deepEqual(await changed(pools({ machineType: "m8g.xlarge" })), { "cluster-pools-apps": ["instanceTypes"] });
  });

  test("the size of disks: nodes are exchanged within the group", async () => {
    assert.deepEqual(await changed(pools({ diskGiB: 80 })), { "cluster-pools-apps-template": ["blockDeviceMappings"] });
  });

  test("the bounds of a pool", async () => {
    assert.deepEqual(await changed(pools({ min: 3, max: 9 })), { "cluster-pools-apps": ["scalingConfig"] });
  });

  test("the version: control plane first, then its nodes and the autoscaler", async () => {
    const found = await changed({ ...pools({}), version: "1.35" });
    assert.deepEqual(found, {
      "cluster-control-plane-cluster": ["version"],
      "cluster-controllers-autoscaler-release": ["values"],
      ...Object.fromEntries(base.of("aws:eks/nodeGroup:NodeGroup").map(({ name }) => [name, ["version"]] as const)),
    });
  });

  test("another kubeconfig: nothing inside the cluster is replaced", async () => {
    const cluster = base.named("pulumi:providers:kubernetes", "cluster-provider").inputs;
    const preview = await eksPlan(pools({}), { preview: true });
    const provider = preview.named("pulumi:providers:kubernetes", "cluster-provider").inputs;
    assert.notDeepEqual(provider.kubeconfig, cluster.kubeconfig);
    assert.equal(provider.clusterIdentifier, cluster.clusterIdentifier);
    assert.equal(provider.context, cluster.context);
  });

  test("who may see the cluster", async () => {
    const { access } = largeCluster() as { access: object };
    const plan = await eksPlan({ ...pools({}), access: { ...access, viewers: [] } });
    const gone = base.registrations.filter(({ urn }) => !plan.registrations.some((entry) => entry.urn === urn));
    assert.deepEqual(gone.map(({ name }) => name).sort(), [
      "cluster-access-viewer-support",
      "cluster-access-viewer-support-right",
    ]);
  });
});

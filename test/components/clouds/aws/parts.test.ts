import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eksPlan, largeCluster } from "../../../support/eksPlan";
import type { Plan, Registration } from "../../../support/plan";
import { project } from "../../../support/project";

const groupType = "aws:eks/nodeGroup:NodeGroup";

describe("network, entrance and nodes of EKS", () => {
  let small: Plan;
  let large: Plan;
  before(async () => {
    small = await eksPlan();
    large = await eksPlan(largeCluster());
  });

  test("the key outlives the stack: last snapshots and kept backups cannot be read without it", () => {
    assert.equal(large.named("aws:kms/key:Key", "cluster-encryption-key").retainOnDelete, true);
  });

  test("CIS AWS 3.9: the network writes down its connections", () => {
    const { inputs } = large.named("aws:ec2/flowLog:FlowLog", "cluster-logs-flow");
    assert.equal(inputs.trafficType, "ALL");
    assert.match(inputs.logDestination, new RegExp(`log-group:/aws/vpc/${project}-dev$`));
    assert.equal(large.named("aws:cloudwatch/logGroup:LogGroup", "cluster-logs-network").inputs.retentionInDays, 90);
  });

  test("CIS AWS 5.4: the default security group lets nothing through", () => {
    const { inputs } = large.named(
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
      "cluster-network-default-group",
    );
    assert.deepEqual([inputs.ingress, inputs.egress], [[], []]);
  });

  test("CIS AWS 5.2: everyone may come to the balancer's ports and to nothing else", () => {
    const open = large
      .of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .filter(({ inputs }) => inputs.cidrIpv4?.endsWith("/0"))
      .map(({ inputs }) => [inputs.securityGroupId, inputs.ipProtocol, inputs.fromPort, inputs.toPort]);
    assert.deepEqual(open, [
      ["cluster-entrance-group-id", "tcp", 80, 80],
      ["cluster-entrance-group-id", "tcp", 443, 443],
      ["cluster-entrance-group-id", "icmp", 3, 4],
    ]);
  });

  test("nothing leads from the data subnets to the internet, and each zone has its own way from the private ones", () => {
    const routes = large.of("aws:ec2/route:Route");
    assert.deepEqual(
      routes.filter(({ inputs }) => inputs.routeTableId.includes("data")),
      [],
    );
    const ways = routes.filter(({ inputs }) => inputs.natGatewayId).map(({ inputs }) => inputs.natGatewayId);
    assert.deepEqual(
      ways,
      ["a", "b", "c"].map((zone) => `cluster-network-nat-eu-west-1${zone}-id`),
    );
  });

  test("one NAT gateway serves all zones where that is enough", async () => {
    const plan = await eksPlan(largeCluster({ natGateways: "one" }));
    assert.equal(plan.of("aws:ec2/natGateway:NatGateway").length, 1);
    const ways = plan.of("aws:ec2/route:Route").flatMap(({ inputs }) => inputs.natGatewayId ?? []);
    assert.deepEqual(new Set(ways), new Set(["cluster-network-nat-eu-west-1a-id"]));
    assert.equal(ways.length, 3);
  });

  test("each zone has a fixed address, and the public names lead to them", () => {
    const addresses = large.of("aws:ec2/eip:Eip").filter(({ name }) => name.startsWith("cluster-entrance"));
    assert.equal(addresses.length, 3);
    const records = large.of("aws:route53/record:Record");
    assert.deepEqual(
      records.map(({ inputs }) => [inputs.name, inputs.type, inputs.zoneId, inputs.records.length]),
      [
        ["chat.example.com", "A", "Z0123456789ABC", 3],
        ["panel.example.com", "A", "Z0123456789ABC", 3],
      ],
    );
    assert.deepEqual(small.of("aws:route53/record:Record"), []);
  });

  test("pools are what their settings say, and the autoscaler owns their numbers", () => {
    const groups = Object.fromEntries(large.of(groupType).map((group) => [group.name, group] as const));
    assert.deepEqual(Object.keys(groups), [
      ...["apps", "data-eu-west-1a", "data-eu-west-1b", "data-eu-west-1c", "spot", "system"].map(
        (pool) => `cluster-pools-${pool}`,
      ),
    ]);
    for (const group of Object.values(groups) as Registration[]) {
      assert.deepEqual(group.ignoreChanges, ["scalingConfig.desiredSize"]);
      assert.equal(group.inputs.nodeGroupName, undefined, "a new group can stand beside the old one");
      assert.equal(group.deleteBeforeReplace, false);
      assert.equal(group.inputs.nodeRepairConfig.enabled, true);
      assert.equal(group.inputs.version, "1.36");
    }
    const { apps, spot, data, system } = {
      apps: groups["cluster-pools-apps"]!.inputs,
      spot: groups["cluster-pools-spot"]!.inputs,
      data: groups["cluster-pools-data-eu-west-1a"]!.inputs,
      system: groups["cluster-pools-system"]!.inputs,
    };
    assert.deepEqual(apps.scalingConfig, { minSize: 2, maxSize: 6, desiredSize: 2 });
    assert.deepEqual(apps.updateConfig, { maxUnavailable: 2 });
    assert.deepEqual([apps.capacityType, apps.amiType], ["ON_DEMAND", "AL2023_ARM_64_STANDARD"]);
    assert.deepEqual([spot.capacityType, spot.instanceTypes], ["SPOT", ["m7g.large", "m6g.large"]]);
    assert.deepEqual(spot.scalingConfig, { minSize: 0, maxSize: 6, desiredSize: 0 });
    assert.equal(system.amiType, "AL2023_x86_64_STANDARD");
    assert.deepEqual(data.subnetIds, ["cluster-network-private-eu-west-1a-id"]);
    assert.deepEqual(data.labels, { team: "data", "switchboard.dev/role": "data" });
    assert.deepEqual(data.taints, [{ key: "switchboard.dev/role", value: "data", effect: "NO_SCHEDULE" }]);
  });

  test("the cluster's own pods run on the nodes for them", () => {
    const selector = { "switchboard.dev/role": "system" };
    for (const { inputs } of large.of("kubernetes:helm.sh/v3:Release")) {
      assert.deepEqual(inputs.values.nodeSelector, selector);
      assert.equal(inputs.values.replicaCount, 2);
      assert.match(inputs.version, /^\d+\.\d+\.\d+$/);
      assert.equal(inputs.atomic, true);
    }
    const dns = large.named("aws:eks/addon:Addon", "cluster-node-addons-coredns").inputs;
    assert.deepEqual(JSON.parse(dns.configurationValues).nodeSelector, selector);
    const [first] = small.of("kubernetes:helm.sh/v3:Release");
    assert.deepEqual(first!.inputs.values.nodeSelector, { "switchboard.dev/role": "apps" });
  });
});

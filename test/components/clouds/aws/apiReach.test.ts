import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eksPlan, largeCluster } from "../../../support/eksPlan";
import { Order } from "../../../support/order";

describe("what nodes reach without the NAT gateways", () => {
  test("interface endpoints stand in every private subnet, and let in the network alone", async () => {
    const plan = await eksPlan(largeCluster({ interfaceEndpoints: ["ecr.dkr", "sts"] }));
    const endpoints = plan.of("aws:ec2/vpcEndpoint:VpcEndpoint").filter(({ name }) => /^cluster-endpoints-/.test(name));
    assert.deepEqual(
      endpoints.map(({ inputs }) => [inputs.serviceName, inputs.vpcEndpointType, inputs.privateDnsEnabled]),
      [
        ["com.amazonaws.eu-west-1.ecr.dkr", "Interface", true],
        ["com.amazonaws.eu-west-1.sts", "Interface", true],
      ],
    );
    for (const { inputs } of endpoints) assert.equal(inputs.subnetIds.length, 3);
    const rule = plan.named(
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      "cluster-endpoints-from-network",
    );
    assert.deepEqual([rule.inputs.cidrIpv4, rule.inputs.fromPort, rule.inputs.toPort], ["10.64.0.0/16", 443, 443]);
    const order = new Order(plan);
    for (const node of plan.of("aws:eks/nodeGroup:NodeGroup"))
      for (const endpoint of endpoints) assert.ok(order.after(node, endpoint), `${endpoint.name} before ${node.name}`);
  });

  test("nodes may fill the copy of another registry, below its prefix only", async () => {
    const plan = await eksPlan(largeCluster({ imageCache: { prefix: "hub" } }));
    const { inputs } = plan.of("aws:ecr/pullThroughCacheRule:PullThroughCacheRule")[0]!;
    assert.deepEqual([inputs.ecrRepositoryPrefix, inputs.upstreamRegistryUrl], ["hub", "public.ecr.aws"]);
    const { policy } = plan.named("aws:iam/rolePolicy:RolePolicy", "cluster-pools-node-policy").inputs;
    const [{ Action, Resource }] = JSON.parse(policy).Statement;
    assert.deepEqual(Action, ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]);
    assert.match(Resource, /:repository\/hub\/\*$/);
  });

  test("a stack that asks for neither has neither", async () => {
    const plan = await eksPlan(largeCluster());
    assert.deepEqual(
      plan.of("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ name }) => name),
      ["cluster-network-s3"],
    );
    assert.equal(plan.of("aws:ecr/pullThroughCacheRule:PullThroughCacheRule").length, 0);
  });
});

test("what looks for drift sees Secrets and what has no namespace, and changes nothing", async () => {
  const access = { ...(largeCluster().access as object), readers: ["arn:aws:iam::012345678901:role/drift"] };
  const plan = await eksPlan(largeCluster({ access }));
  const { inputs } = plan.named(
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "cluster-access-reader-drift-right",
  );
  assert.equal(inputs.principalArn, "arn:aws:iam::012345678901:role/drift");
  assert.match(inputs.policyArn, /cluster-access-policy\/AmazonEKSAdminViewPolicy$/);
  assert.deepEqual(inputs.accessScope, { type: "cluster" });
});

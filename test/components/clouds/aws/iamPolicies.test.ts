import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eksPlan, largeCluster } from "../../../support/eksPlan";
import type { Plan } from "../../../support/plan";
import { project } from "../../../support/project";

interface Statement {
  Sid?: string;
  Effect: string;
  Principal?: Record<string, string>;
  Action: string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}

/** Actions that see and change nothing, which AWS knows no resource for. */
const seeing = /^[a-z0-9-]+:(Describe|Get|List)/;
const list = (value: string | string[] | undefined): string[] => (Array.isArray(value) ? value : value ? [value] : []);

describe("IAM documents of EKS", () => {
  let rights: Record<string, Statement[]>;
  let trusts: Record<string, Statement[]>;
  let key: Statement[];
  before(async () => {
    const plan: Plan = await eksPlan(largeCluster());
    const read = (text: string): Statement[] => {
      const document = JSON.parse(text);
      assert.equal(document.Version, "2012-10-17");
      return document.Statement;
    };
    const documents = (type: string, field: string) =>
      Object.fromEntries(
        plan
          .of(type)
          .filter(({ name }) => name.startsWith("cluster-"))
          .map(({ name, inputs }) => [name, read(inputs[field])]),
      );
    rights = documents("aws:iam/rolePolicy:RolePolicy", "policy");
    trusts = documents("aws:iam/role:Role", "assumeRolePolicy");
    key = documents("aws:kms/key:Key", "policy")["cluster-encryption-key"]!;
  });

  test("there is one for every part that has rights", () => {
    assert.deepEqual(Object.keys(rights), [
      "cluster-control-plane-policy",
      "cluster-controllers-autoscaler-policy",
      "cluster-controllers-balancer-policy",
      "cluster-controllers-dns-solver-policy",
      "cluster-logs-network-writer-policy",
      "cluster-node-addons-aws-ebs-csi-driver-policy",
    ]);
  });

  test("every action is named, and what changes something is held to resources", () => {
    for (const [name, statements] of Object.entries(rights))
      for (const statement of statements) {
        assert.equal(statement.Effect, "Allow");
        for (const action of statement.Action) {
          assert.match(action, /^[a-z0-9-]+:[A-Z][A-Za-z]+\*?$/, `${name}: ${action}`);
          if (list(statement.Resource).includes("*")) assert.match(action, seeing, `${name}: ${action} on everything`);
        }
        assert.ok(list(statement.Resource).length > 0, name);
      }
  });

  test("the controller of balancers changes its own cluster's, and no security group", () => {
    for (const { Action, Condition, Resource } of rights["cluster-controllers-balancer-policy"]!) {
      for (const action of Action.filter((entry) => entry.startsWith("ec2:"))) assert.match(action, seeing);
      if (!Action.some((action) => /Delete(LoadBalancer|TargetGroup)$|Create(LoadBalancer|TargetGroup)$/.test(action)))
        continue;
      assert.match(
        JSON.stringify(Condition),
        new RegExp(`"aws:(Resource|Request)Tag/elbv2.k8s.aws/cluster":"${project}-dev"`),
      );
      for (const arn of list(Resource)) assert.match(arn, /^arn:aws:elasticloadbalancing:eu-west-1:012345678901:/);
    }
  });

  test("a role fits the limit of IAM: 10,240 characters of inline policies", () => {
    for (const [name, statements] of Object.entries(rights))
      assert.ok(JSON.stringify({ Version: "2012-10-17", Statement: statements }).length < 10_240, name);
  });

  test("the autoscaler changes the groups of its own cluster", () => {
    const changes = rights["cluster-controllers-autoscaler-policy"]!.filter(({ Action }) =>
      Action.some((action) => !seeing.test(action)),
    );
    assert.equal(changes.length, 1);
    assert.deepEqual(changes[0]!.Condition, {
      StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${project}-dev`]: "owned" },
    });
  });

  test("cert-manager writes the records that prove the public names, in one zone", () => {
    const [change] = rights["cluster-controllers-dns-solver-policy"]!.filter(({ Action }) =>
      Action.includes("route53:ChangeResourceRecordSets"),
    );
    assert.equal(change!.Resource, "arn:aws:route53:::hostedzone/Z0123456789ABC");
    assert.deepEqual(change!.Condition!["ForAllValues:StringEquals"], {
      "route53:ChangeResourceRecordSetsNormalizedRecordNames": [
        "_acme-challenge.panel.example.com",
        "_acme-challenge.chat.example.com",
      ],
      "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
    });
  });

  test("roles of pods are for one service account of one cluster", () => {
    const pods = Object.entries(trusts).filter(
      ([, [statement]]) => statement!.Principal?.Service === "pods.eks.amazonaws.com",
    );
    assert.equal(pods.length, 5);
    for (const [name, [statement]] of pods) {
      const tags = statement!.Condition!.StringEquals!;
      assert.equal(
        tags["aws:RequestTag/eks-cluster-arn"],
        `arn:aws:eks:eu-west-1:012345678901:cluster/${project}-dev`,
        name,
      );
      assert.ok(tags["aws:RequestTag/kubernetes-namespace"] && tags["aws:RequestTag/kubernetes-service-account"], name);
      assert.deepEqual(statement!.Action, ["sts:AssumeRole", "sts:TagSession"]);
    }
    for (const [name, statements] of Object.entries(trusts))
      for (const { Principal } of statements) assert.match(Principal!.Service!, /\.amazonaws\.com$/, name);
  });

  test("the key is the account's, and anyone else may use it under a condition only", () => {
    const [own, ...others] = key;
    assert.deepEqual(own!.Principal, { AWS: "arn:aws:iam::012345678901:root" });
    assert.deepEqual(own!.Action, ["kms:*"]);
    for (const { Sid, Action, Condition, Principal } of others) {
      assert.ok(Condition, Sid);
      assert.equal(Action.includes("kms:*"), false, Sid);
      if (Principal?.AWS !== "*") continue;
      assert.equal(Condition.StringEquals!["kms:CallerAccount"], "012345678901");
      assert.match(String(Condition.ArnEquals!["aws:PrincipalArn"]), /role\/aws-service-role\/autoscaling/);
    }
  });
});

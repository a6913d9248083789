import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { Order } from "./support/order";
import type { Plan } from "./support/plan";
import { layerKey } from "./support/project";
import { planOf } from "./support/sharedPlans";
import { everyStack } from "./support/stacks";

/** What is there before what, on each kind of cluster; what is made first goes last. */
const sequences: Readonly<Record<string, readonly (readonly [earlier: RegExp, later: RegExp])[]>> = {
  existing: [],
  gke: [
    [/^gcp:compute\/(network|subnetwork):/, /^gcp:container\/cluster:/],
    [/^gcp:kms\/cryptoKeyIAMMember:/, /^gcp:container\/cluster:/],
    [/^gcp:container\/cluster:/, /^gcp:container\/nodePool:/],
    // Private nodes fetch images by it.
    [/^gcp:compute\/routerNat:/, /^gcp:container\/nodePool:/],
    [/^gcp:container\/nodePool:/, /^kubernetes:/],
    // The balancer of the public Service holds it until the namespace is gone.
    [/^gcp:compute\/address:/, /Namespace::namespace-namespace$/],
    [/^gcp:servicenetworking\/connection:/, /^gcp:(sql\/databaseInstance|redis\/instance):/],
  ],
  eks: [
    [/^aws:ec2\/(vpc|internetGateway):/, /^aws:eks\/cluster:/],
    [/^aws:kms\/key:/, /^aws:eks\/cluster:/],
    // EKS would make a log group of its own, to be kept for ever.
    [/^aws:cloudwatch\/logGroup:.*-control-plane$/, /^aws:eks\/cluster:/],
    [/^aws:eks\/cluster:/, /^aws:eks\/addon:/],
    // The network comes before the nodes, and what runs on nodes after them.
    [/^aws:eks\/addon:.*-(vpc-cni|kube-proxy|eks-pod-identity-agent)$/, /^aws:eks\/nodeGroup:/],
    [/^aws:eks\/nodeGroup:/, /^aws:eks\/addon:.*-(coredns|aws-ebs-csi-driver|metrics-server)$/],
    [/^aws:ec2\/(natGateway|route|routeTableAssociation):.*-(nat|private)-/, /^aws:eks\/nodeGroup:/],
    // Without the deployer's entry nothing in the cluster could be made or taken away.
    [/^aws:eks\/accessPolicyAssociation:.*-deployer-right$/, /^kubernetes:/],
    [/^aws:eks\/(nodeGroup|addon):/, /^kubernetes:/],
    // Balancers and disks are given back by controllers that are still there, with rights and addresses that still are.
    [/^kubernetes:helm\.sh\/v3:Release.*-balancer-release$/, /Namespace::namespace-namespace$/],
    [/^kubernetes:storage\.k8s\.io\/v1:StorageClass/, /Namespace::namespace-namespace$/],
    [/^aws:eks\/podIdentityAssociation:.*-balancer-/, /^kubernetes:helm\.sh\/v3:Release.*-balancer-release$/],
    [/^aws:iam\/rolePolicy:.*-balancer-policy$/, /^kubernetes:helm\.sh\/v3:Release.*-balancer-release$/],
    [/^aws:(ec2\/eip|ec2\/securityGroup):.*cluster-entrance-/, /Namespace::namespace-namespace$/],
    [/^aws:rds\/(parameterGroup|subnetGroup):/, /^aws:rds\/instance:/],
    [/^aws:elasticache\/(parameterGroup|subnetGroup):/, /^aws:elasticache\/replicationGroup:/],
  ],
};

/** What every stack has, wherever it stands. */
const everywhere: readonly (readonly [earlier: RegExp, later: RegExp])[] = [
  [/Namespace::namespace-namespace$/, /^kubernetes:apps\/v1:(Deployment|StatefulSet)/],
  // Policies are there before the first pod is ready, and need nothing themselves.
  [/Namespace::namespace-namespace$/, /^kubernetes:networking\.k8s\.io\/v1:NetworkPolicy/],
  [
    /^(gcp:sql\/(databaseInstance|user)|aws:rds\/instance|kubernetes:apps\/v1:StatefulSet.*postgres)/,
    /Job::postgres-roles-/,
  ],
  [/Job::postgres-roles-/, /Job::(panel|chat)-migrate-/],
  [/Job::panel-migrate-/, /Deployment::(panel|workers)-deployment$/],
  [/Job::panel-migrate-/, /CronJob::panel-/],
  [/Job::shop-release-/, /(Deployment|CronJob)::shop-/],
  [/Job::chat-migrate-/, /Deployment::chat-deployment$/],
  [
    /^(gcp:redis\/instance|aws:elasticache\/replicationGroup|kubernetes:apps\/v1:StatefulSet.*redis)/,
    /Deployment::(panel|workers)-deployment$/,
  ],
  [/Service::(panel|chat)-service$/, /Deployment::edge-deployment$/],
  [/Deployment::(panel|workers|chat)-deployment$/, /Job::postgres-retire-/],
];

/** Those of a cloud with the cloud's own data, which the sequences are about. */
const stacks = everyStack().filter(
  ({ kind, config }) => kind === "existing" || (config[layerKey("postgres")] as { kind: string }).kind !== "inCluster",
);

for (const { name, stack, config, kind, secretKeys } of stacks) {
  describe(`the order of ${name}`, () => {
    let update: Plan;
    let order: Order;
    // Passwords that somebody else gave are theirs to retire.
    const rolesOfOthers = "roles" in (config[layerKey("postgres")] as object);
    // A second server that is filled is nobody's yet.
    const { beside } = config[layerKey("postgres")] as { beside?: { server: number; restore?: object; copy?: object } };
    const isFilled = (name: string) =>
      (beside?.restore ?? beside?.copy) !== undefined && name.startsWith(`postgres-${beside!.server}-`);
    before(async () => {
      update = await planOf({ stack, config, secretKeys }, false);
      order = new Order(update);
    });
    /** Resources by type and name; no components. */
    const named = (pattern: RegExp) =>
      update.registrations.filter(({ custom, type, name }) => custom && pattern.test(`${type}::${name}`));

    test("nothing waits for itself", () => {
      for (const entry of update.registrations) assert.ok(!order.before(entry).has(entry.urn), entry.urn);
    });

    for (const [earlier, later] of [...sequences[kind]!, ...everywhere]) {
      test(`${later.source} after ${earlier.source}`, () => {
        const first = named(earlier).filter((one) => !isFilled(one.name));
        const second = named(later);
        if ((isManaged(earlier) || isDeclared(earlier)) && first.length === 0) return;
        if (rolesOfOthers && second.length === 0 && /postgres-retire/.test(later.source)) return;
        assert.ok(first.length > 0 && second.length > 0, `${first.length} and ${second.length} resources`);
        for (const one of first) {
          for (const two of second) assert.ok(order.after(two, one), `${two.urn} does not wait for ${one.urn}`);
        }
      });
    }

    test("what a balancer or a disk of the platform holds is there until the namespace is gone", () => {
      const namespace = update.named("kubernetes:core/v1:Namespace", "namespace-namespace");
      const kept = order.before(namespace);
      for (const service of update.of("kubernetes:core/v1:Service").filter(({ inputs }) => inputs.spec.type)) {
        for (const urn of order.before(service))
          assert.ok(
            kept.has(urn) || urn === namespace.urn || !isCloud(urn),
            `${urn} may go while ${service.name} uses it`,
          );
      }
    });

    test("what is deleted for itself does not wait for what dies with the namespace", () => {
      // Of these the engine asks no provider when it destroys the stack, so that nobody has to be able to answer.
      const inside = update.registrations.filter(({ deletedWith }) => deletedWith.endsWith("::namespace-namespace"));
      assert.ok(inside.length > 50);
      const outside = update.registrations.filter(
        ({ type, deletedWith }) => type.startsWith("kubernetes:") && deletedWith === "",
      );
      const expected = ["kubernetes:core/v1:Namespace", "kubernetes:cert-manager.io/v1:Certificate"];
      for (const { urn, type } of outside) assert.ok(expected.includes(type) || kind === "existing", urn);
    });
  });
}

/** A database that a stack may have in its cluster instead. */
function isManaged(pattern: RegExp): boolean {
  return /sql|redis|servicenetworking|rds|elasticache/.test(pattern.source);
}

/** Of an app that only some stacks declare. */
function isDeclared(pattern: RegExp): boolean {
  return /shop/.test(pattern.source);
}

function isCloud(urn: string): boolean {
  return /\$(gcp|aws):/.test(urn);
}

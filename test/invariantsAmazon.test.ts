import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { roleArnParts } from "../components/clouds/aws/settings/values";
import type { Plan, Registration } from "./support/plan";
import { layerKey, project } from "./support/project";
import { planOf } from "./support/sharedPlans";
import { everyStack, keptName } from "./support/stacks";

for (const { name, stack, config, kind, secretKeys } of everyStack()) {
  if (kind !== "eks") continue;
  describe(`everything in the account of ${name}`, () => {
    const cluster = config[layerKey("cluster")] as {
      readonly tags?: Readonly<Record<string, string>>;
      readonly permissionsBoundary?: string;
      readonly access: { readonly deployer: string };
    };
    const { tags = {}, permissionsBoundary } = cluster;
    let update: Plan;
    before(async () => {
      update = await planOf({ stack, config, secretKeys }, false);
    });
    const charts = () => update.of("kubernetes:helm.sh/v3:Release").map(({ inputs }) => inputs);
    const addon = (named: string) =>
      JSON.parse(
        update.of("aws:eks/addon:Addon").find(({ inputs }) => inputs.addonName === named)!.inputs.configurationValues,
      );

    test("is there, and its deployer is a role", () => {
      assert.notEqual(roleArnParts(cluster.access.deployer).account, "");
    });

    test("every role has the path that a deployer's rights end at, and the boundary of the settings", () => {
      const roles = update.of("aws:iam/role:Role");
      assert.ok(roles.length >= 6);
      for (const { urn, inputs } of roles) {
        assert.equal(inputs.path, `/${project}-${keptName({ stack, config })}/`, urn);
        assert.equal(inputs.permissionsBoundary, permissionsBoundary, urn);
      }
    });

    test("every key that encrypts a kept snapshot or backup outlives the stack", () => {
      const keeps = ({ inputs }: Registration) =>
        inputs.skipFinalSnapshot === false || inputs.deleteAutomatedBackups === false || inputs.finalSnapshotIdentifier;
      const kept = update.registrations.filter(({ type }) => type.startsWith("aws:")).filter(keeps);
      const keys = update.of("aws:kms/key:Key");
      for (const { urn, inputs } of kept) {
        const key = keys.find(({ name }) => JSON.stringify(inputs).includes(name));
        assert.ok(key?.retainOnDelete, `${urn}: ${inputs.kmsKeyId}`);
      }
    });

    test("the tags of the settings are on what the program makes, and on what nodes and controllers make", () => {
      const all = { ...tags, "part-of": "switchboard", "managed-by": "pulumi" };
      const has = (found: Readonly<Record<string, string>>, what: string) => {
        for (const [key, value] of Object.entries(all)) assert.equal(found[key], value, `${what}: ${key}`);
      };
      const [provider] = update.of("pulumi:providers:aws");
      has(JSON.parse(provider!.inputs.defaultTags).tags, "the provider");
      for (const { urn, inputs } of update.of("aws:ec2/launchTemplate:LaunchTemplate")) {
        const specifications = inputs.tagSpecifications as { resourceType: string; tags: Record<string, string> }[];
        const kinds = specifications.map(({ resourceType }) => resourceType).sort();
        assert.deepEqual(kinds, ["instance", "network-interface", "volume"], urn);
        for (const specification of specifications) has(specification.tags, urn);
      }
      has(charts().find(({ chart }) => chart === "aws-load-balancer-controller")!.values.defaultTags, "balancers");
      has(addon("aws-ebs-csi-driver").controller.extraVolumeTags, "volumes");
      const { env } = addon("vpc-cni");
      if (Object.keys(tags).length === 0)
        assert.equal(env, undefined, "nodes of a stack without tags stay as they are");
      else has(JSON.parse(env.ADDITIONAL_ENI_TAGS), "network interfaces of pods");
    });
  });
}

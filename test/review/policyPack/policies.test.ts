import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { Resource } from "../../../engine/resources/resource";
import { check, rules } from "../../../review/policies";
import { policiesOf } from "../../../review/policyPack/policies";
import { committedStacks } from "../../support/plan";
import { applied, on, resourcesOf } from "../policies/change";

type Report = { rule: string; urn: string; text: string };

/** Asks the policies as the engine does: each resource when it is registered, then all together. */
function asked(
  resources: readonly Resource[],
  outputs: (resource: Resource) => unknown = ({ inputs }) => inputs,
): Report[] {
  const found: Report[] = [];
  const policies = policiesOf(rules) as (Partial<ResourceValidationPolicy & StackValidationPolicy> & {
    name: string;
  })[];
  const entries = resources.map((resource) => ({
    ...{ urn: resource.urn, type: resource.type, name: resource.name, props: resource.inputs },
    opts: { protect: resource.protect, parent: resource.parent || `urn:pulumi:x::y::pulumi:pulumi:Stack::y-x` },
    ...(resource.custom && !resource.type.startsWith("pulumi:") ? { provider: { name: "cluster-provider" } } : {}),
    dependencies: [],
  }));
  for (const entry of entries)
    for (const { name, validateResource } of policies)
      (validateResource as any)?.(entry, (text: string) => found.push({ rule: name, urn: entry.urn, text }));
  const known = entries.map((entry, index) => ({ ...entry, props: outputs(resources[index]!) }));
  for (const { name, validateStack } of policies)
    (validateStack as any)?.({ resources: known }, (text: string, urn: string) =>
      found.push({ rule: name, urn, text }),
    );
  return found;
}

const byText = (reports: readonly Report[]) => reports.map((report) => JSON.stringify(report)).sort();

function expected(resources: readonly Resource[]): Report[] {
  return check(resources).map(({ rule, urn, message, todo }) => ({ rule, urn, text: `${message}\n→ ${todo}` }));
}

describe("the policies of the pack", () => {
  test("are the rules, each with its level and its words", () => {
    const served = policiesOf(rules).map(({ name, description, enforcementLevel }) => [
      name,
      description,
      enforcementLevel,
    ]);
    assert.deepEqual(
      served,
      rules.map(({ name, description, level }) => [name, description, level]),
    );
  });

  for (const stack of committedStacks)
    test(`find nothing in ${stack}`, async () => {
      // What is only read never comes to the engine's policies.
      assert.deepEqual(asked((await resourcesOf(stack)).filter(({ read }) => !read)), []);
    });

  const broken = [
    on("prod-eks", "aws:rds/instance:Instance", "postgres-instance")({ publiclyAccessible: true }),
    on("prod-eks", "aws:rds/instance:Instance", "postgres-instance")({ backupRetentionPeriod: 2, multiAz: false }),
    on("dev", "kubernetes:policy/v1:PodDisruptionBudget", "chat-budget")({}, "", { how: "removed" }),
    on("prod", "kubernetes:core/v1:Namespace", "namespace-namespace")({}, "", { protect: false }),
  ];
  for (const change of broken)
    test(`find what the rules find: ${change.stack} ${change.name} ${JSON.stringify(change.set)}`, async () => {
      const resources = (await applied(change)).resources.filter(({ read }) => !read);
      assert.ok(expected(resources).length > 0);
      assert.deepEqual(byText(asked(resources)), byText(expected(resources)));
    });

  test("look at inputs, also where the engine sends what the providers answered", async () => {
    const { resources } = await applied(
      on("prod-eks", "aws:rds/instance:Instance", "postgres-instance")({ backupRetentionPeriod: 2 }),
    );
    assert.deepEqual(byText(asked(resources, () => ({}))), byText(expected(resources)));
  });
});

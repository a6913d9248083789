import assert from "node:assert/strict";
import { test } from "node:test";
import { awaitAtCloud } from "../../../../cli/commands/up/awaitAtCloud";
import { begunAtCloud, idAtCloud, withBegunAtCloud } from "../../../../cli/commands/up/begunAtCloud";
import { deployedState, type State } from "../../../support/deployedState";
import { plan, stackConfig } from "../../../support/plan";
import { smallProduction } from "../../../support/stacks";

async function googleResources(): Promise<{ made: State[]; providers: State[] }> {
  const proxied = smallProduction("gke", { postgres: { connection: "authProxy", proxyImage: "gcr.io/a/b:2.27.0" } });
  // One after the other: a process records one program at a time.
  const whole = deployedState(await plan(stackConfig("prod"), { stack: "prod", preview: false }), "prod");
  const small = deployedState(await plan(proxied.config, { stack: "small", preview: false }), "small");
  const all = [...whole, ...small];
  return {
    made: all.filter(({ type, external }) => type.startsWith("gcp:") && !external),
    providers: all.filter(({ type }) => type === "pulumi:providers:gcp"),
  };
}

const exported = (resource: object, resources: object[] = []) =>
  ({ deployment: { resources, pending_operations: [{ type: "creating", resource }] } }) as never;

test("whatever a stack makes at Google can be found again by what was asked for, or asked for again", async () => {
  const { made, providers } = await googleResources();
  assert.ok(made.length > 40);
  for (const { type, urn, provider, inputs } of made) {
    const named = { ...inputs, name: inputs.name ?? "made-up-by-the-plugin" };
    const begun = begunAtCloud(exported({ type, urn, provider, inputs: named }, providers));
    for (const { id } of begun) assert.ok(id !== undefined, type);
    for (const { id } of begun) assert.doesNotMatch(id!, /undefined|\{/);
  }
});

test("an id is made of what was asked for, and of nothing that is not known", () => {
  const type = "gcp:container/cluster:Cluster";
  const inputs = { project: "acme", location: "europe-west1", name: "prod" };
  assert.equal(idAtCloud({ type, inputs }), "projects/acme/locations/europe-west1/clusters/prod");
  assert.equal(idAtCloud({ type, inputs: { project: "acme" } }), undefined);
  assert.equal(idAtCloud({ type: "aws:ec2/vpc:Vpc", inputs: {} }), undefined);
});

test("the replacement that was begun takes the place of what it replaces", () => {
  const inputs = { project: "acme", region: "europe-west1", name: "new" };
  const begun = { urn: "urn:redis", type: "gcp:redis/instance:Instance", custom: true, inputs };
  const { deployment } = withBegunAtCloud(exported(begun, [{ ...begun, id: "old", outputs: { name: "old" } }]));
  assert.deepEqual(
    (deployment!.resources as State[]).map(({ id, delete: goes }) => [id, goes]),
    [
      ["old", true],
      ["projects/acme/locations/europe-west1/instances/new", undefined],
    ],
  );
  assert.deepEqual(deployment!.pending_operations, []);
});

test("what only its cloud can name stays as the engine has noted it", () => {
  const vpc = { urn: "urn:vpc", type: "aws:ec2/vpc:Vpc", custom: true, inputs: {} };
  assert.deepEqual(begunAtCloud(exported(vpc)), [{ urn: "urn:vpc", id: undefined }]);
  assert.equal(withBegunAtCloud(exported(vpc)).deployment!.pending_operations!.length, 1);
});

/** What AWS numbers: nobody can know what it is called, and asked for again it is another one. */
const numbered =
  /^aws:(ec2|vpc)\/|^aws:kms\/key:|^aws:route53\/record:|^aws:eks\/podIdentityAssociation:|^aws:elasticache\/userGroupAssociation:/;

test("whatever a stack makes at AWS under a name of its own can be found again, and what takes long is waited for", async () => {
  const state = deployedState(await plan(stackConfig("prod-eks"), { stack: "prod-eks", preview: false }), "prod-eks");
  const providers = state.filter(({ type }) => type === "pulumi:providers:aws");
  const made = state.filter(({ type, external }) => type.startsWith("aws:") && !external && !numbered.test(type));
  assert.ok(made.length > 30);
  const waited = new Map<string, string>();
  for (const { type, urn, provider, inputs } of made) {
    const madeUp = { name: "made-up-by-the-plugin", ...(/NodeGroup$/.test(type) && { nodeGroupName: "made-up" }) };
    const named = { ...madeUp, ...inputs };
    for (const { id, wait } of begunAtCloud(exported({ type, urn, provider, inputs: named }, providers))) {
      assert.ok(id !== undefined, type);
      assert.doesNotMatch(id, /undefined|\{/);
      if (wait) waited.set(type, wait.join(" "));
    }
  }
  const region = "--region eu-west-1";
  assert.equal(
    waited.get("aws:eks/cluster:Cluster"),
    `aws eks wait cluster-active --name switchboard-prod-eks ${region}`,
  );
  assert.equal(waited.size, 5);
  for (const words of waited.values())
    assert.match(words, /^aws (eks|rds|elasticache) wait [a-z-]+ (--[a-z-]+ [\w-]+ )+--region eu-west-1$/);
  assert.doesNotMatch([...waited.values()].join(), /undefined/);
});

test("what is not there is not waited for, and what is not ready or cannot be asked about stops the run", async () => {
  const words = ["aws", "eks", "wait", "cluster-active", "--name", "prod"];
  const told = (exitCode: number, stderr: string) =>
    awaitAtCloud("cluster-eks", words, async () => ({ exitCode, stderr }));
  await told(0, "");
  await told(
    255,
    "Waiter ClusterActive failed: An error occurred (ResourceNotFoundException): No cluster found for name: prod.",
  );
  await told(
    255,
    "Waiter DBInstanceAvailable failed: An error occurred (DBInstanceNotFound): DBInstance prod not found.",
  );
  await told(
    255,
    'Waiter ClusterActive failed: Waiter encountered a terminal failure state: For expression "cluster.status"',
  );
  await assert.rejects(
    told(255, "Waiter ClusterActive failed: Max attempts exceeded"),
    /cluster-eks.*is not ready yet/,
  );
  await assert.rejects(told(255, "Unable to locate credentials."), /could not be asked: Unable to locate credentials/);
  await assert.rejects(told(127, ""), /could not be asked: there is no aws/);
});

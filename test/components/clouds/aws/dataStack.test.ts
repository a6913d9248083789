import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudConfig } from "../../../support/config";
import { type Plan, plan, secretKey } from "../../../support/plan";

const stackOnAmazon = () => plan(cloudConfig("eks"), { preview: false });

/** A container's variables as it sees them; a secret is the name of its key. */
function variables({ inputs }: Plan["registrations"][number]): Record<string, unknown> {
  const [container] = inputs.spec.template.spec.containers;
  return Object.fromEntries(
    container.env.map((entry: any) => [entry.name, entry.value ?? entry.valueFrom?.secretKeyRef?.key]),
  );
}

test("the panel and the chat verify both servers of a stack on AWS", async () => {
  const stack = await stackOnAmazon();
  const deployment = (name: string) => stack.named("kubernetes:apps/v1:Deployment", `${name}-deployment`);
  for (const app of ["panel", "chat"]) {
    const { PGSSLMODE, PGSSLROOTCERT, PGHOST, PGUSER } = variables(deployment(app));
    assert.deepEqual([PGSSLMODE, PGSSLROOTCERT, PGUSER], ["verify-full", "/run/tls/postgres/ca.crt", `${app}_g1`]);
    assert.match(String(PGHOST), /\.rds\.amazonaws\.com$/);
    const { volumes } = deployment(app).inputs.spec.template.spec;
    assert.ok(volumes.some(({ secret }: any) => /^postgres-authority-secret-/.test(secret?.secretName)));
  }
  const { REDIS_TLS, REDIS_CA, REDIS_TLS_MODE, REDIS_USERNAME } = variables(deployment("panel"));
  assert.deepEqual([REDIS_TLS, REDIS_CA, REDIS_TLS_MODE, REDIS_USERNAME], ["1", undefined, undefined, "panel-g1"]);
});

test("pods may leave the cluster for the two ports of the data subnets", async () => {
  const stack = await stackOnAmazon();
  const blocks = stack
    .of("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    .flatMap(({ inputs }) => inputs.spec.egress ?? [])
    .flatMap(({ to, ports }: any) =>
      (to ?? []).flatMap(({ ipBlock }: any) => (ipBlock ? [`${ipBlock.cidr}:${ports?.[0]?.port}`] : [])),
    );
  const subnets = stack.of("aws:rds/subnetGroup:SubnetGroup")[0]!.inputs.subnetIds.length;
  for (const port of [5432, 6379])
    assert.equal(new Set(blocks.filter((block) => block.endsWith(`:${port}`))).size, subnets, String(port));
});

test("everything is there before the apps use it: group, user, rules, roles", async () => {
  const stack = await stackOnAmazon();
  const byUrn = new Map(stack.registrations.map((registration) => [registration.urn, registration]));
  const before = (urn: string, seen = new Set<string>()): Set<string> => {
    for (const needed of byUrn.get(urn)?.dependencies ?? []) {
      if (seen.has(needed)) continue;
      seen.add(needed);
      before(needed, seen);
    }
    return seen;
  };
  const panel = stack.named("kubernetes:apps/v1:Deployment", "panel-deployment");
  const names = [...before(panel.urn)].map((urn) => urn.split("::").pop()!);
  for (const name of [
    "postgres-instance",
    "postgres-access-from-pods",
    "redis-group",
    "redis-access-from-pods",
    "redis-panel-g1-membership",
  ])
    assert.ok(names.includes(name), name);
  assert.ok(names.some((name) => /^postgres-roles-job$/.test(name)));
});

test("no value of a secret is in clear anywhere in the stack", async () => {
  const stack = await stackOnAmazon();
  const clear = JSON.stringify(
    stack.registrations.map(({ inputs }) => inputs),
    (key, value) => (key === secretKey ? undefined : value),
  );
  assert.ok(!clear.includes("generated-password"));
});

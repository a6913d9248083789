/** What a stack is made of whose servers in the cluster give their administrators another password. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { administratorScript } from "../../../components/data/postgresAdministrator";
import { administratorScript as redisScript } from "../../../components/data/redisAcl";
import { smallConfig } from "../../support/config";
import { type Plan, plan, secretKey } from "../../support/plan";
import { layerKey } from "../../support/project";
import { reaches } from "../../support/reachability";

const jobType = "kubernetes:batch/v1:Job";
const backup = {
  repository: { kind: "volume", storage: "2Gi" },
  encryptionKey: "a-key-of-this-test-that-opens-nothing-0123",
};

/** @param change of the settings of both servers */
function planned(change: object, ofPostgres: object = {}): Promise<Plan> {
  const config = smallConfig();
  const both = (layer: string, more: object) => ({ ...(config[layerKey(layer)] as object), ...change, ...more });
  return plan(smallConfig({ postgres: both("postgres", { backup, ...ofPostgres }), redis: both("redis", {}) }), {
    preview: false,
    secretKeys: [layerKey("postgres")],
  });
}

let first: Plan;
let second: Plan;
before(async () => {
  first = await planned({});
  second = await planned({ administratorGeneration: 2 });
});

test("it is one Job for each server, and no pod of a server is another one", () => {
  for (const server of ["postgres", "redis"]) {
    const names = (from: Plan) => from.of(jobType).map(({ name }) => name);
    assert.deepEqual(
      names(second).filter((name) => !names(first).includes(name) && name.startsWith(server)),
      [`${server}-administrator-job`],
    );
    const pod = (from: Plan) => from.named("kubernetes:apps/v1:StatefulSet", `${server}-server`).inputs.spec.template;
    assert.deepEqual(pod(second), pod(first), `${server} is restarted`);
  }
});

test("the Job knows the present password and the former, and what logs in afterwards waits for it", () => {
  for (const [server, script, variable, next] of [
    ["postgres", administratorScript(2), "PGPASSWORD", ["roles", "retire"]],
    ["redis", redisScript, "REDIS_PASSWORD", ["users", "retire"]],
  ] as const) {
    const job = second.named(jobType, `${server}-administrator-job`);
    const [{ command, env }] = job.inputs.spec.template.spec.containers;
    assert.equal(command[2], script);
    const secretOf = (name: string) => env.find((entry: any) => entry.name === name).valueFrom.secretKeyRef.name;
    assert.equal(secretOf(variable), `${server}-administrator-current`);
    assert.equal(secretOf("FORMER_PASSWORD"), `${server}-administrator-former-current`);
    for (const purpose of next) {
      const later = second.named(jobType, `${server}-${purpose}-job`);
      assert.ok(later.order > job.order, purpose);
      assert.equal(
        first.named(jobType, later.name).inputs.metadata.name === later.inputs.metadata.name,
        purpose === "users" || purpose === "roles",
        `${purpose} runs again only if it has something to do`,
      );
    }
    assert.ok(second.named(jobType, `${server}-${next[0]}-job`).dependencies.includes(job.urn));
  }
  // Whoever makes the drill logs in as the new one.
  const drill = second.of("kubernetes:batch/v1:CronJob").find(({ name }) => name.includes("drill"))!;
  assert.ok(drill.dependencies.includes(second.named(jobType, "postgres-administrator-job").urn));
});

test("the Job reaches its server", () => {
  const policies = second.of("kubernetes:networking.k8s.io/v1:NetworkPolicy");
  const specs = Object.fromEntries(policies.map(({ name, inputs }) => [name, inputs.spec]));
  for (const [server, port] of [
    ["postgres", 5432],
    ["redis", 6379],
  ] as const) {
    const to = { pods: { name: server, component: "server" }, port };
    assert.ok(reaches(specs, { name: server, component: "administrator" }, to), server);
    assert.ok(!reaches(specs, { name: server, component: "stranger" }, to), server);
  }
});

test("the container of the backups has no password, and no configuration of the pod has one in clear", () => {
  const { template } = second.named("kubernetes:apps/v1:StatefulSet", "postgres-server").inputs.spec;
  const sidecar = template.spec.initContainers.find(({ name }: any) => name === "backup");
  const variables = Object.fromEntries(sidecar.env.map((entry: any) => [entry.name, entry.value]));
  assert.deepEqual(
    [variables.PGHOST, variables.PGUSER, variables.PGPASSWORD],
    ["/run/postgres", "postgres", undefined],
  );
  assert.ok(!sidecar.env.some((entry: any) => entry.name === "PGPASSWORD"));
  const clear = JSON.stringify(
    second.registrations.map(({ inputs }) => inputs),
    (key, value) => (key === secretKey ? undefined : value),
  );
  assert.doesNotMatch(clear, /generated-password|opens-nothing/);
});

test("each generation is a password of its own, so that the former is there while an up may fail", () => {
  const passwords = (from: Plan) =>
    from
      .of("random:index/randomPassword:RandomPassword")
      .filter(({ name }) => name.includes("administrator"))
      .map(({ name }) => name);
  assert.ok(passwords(first).includes("postgres-administrator-password-g1"));
  for (const generation of [1, 2])
    for (const server of ["postgres", "redis"])
      assert.ok(passwords(second).includes(`${server}-administrator-password-g${generation}`));
  // Two resources that take over the same one are refused by the engine.
  const taken = second
    .of("random:index/randomPassword:RandomPassword")
    .flatMap(({ aliases }) => aliases.map((alias) => JSON.stringify(alias)));
  assert.equal(new Set(taken).size, taken.length);
});

test("what sets the state of a server is one resource, whose former run goes first", () => {
  for (const name of ["postgres-roles-job", "postgres-retire-job", "redis-users-job", "redis-retire-job"])
    assert.equal(first.named(jobType, name).deleteBeforeReplace, true, name);
  const retire = first.named(jobType, "postgres-retire-job");
  assert.deepEqual(retire.replaceWith, [first.named(jobType, "postgres-roles-job").urn]);
  // A migration is not run again when an image of before comes back.
  const migration = first.of(jobType).find(({ name }) => name.startsWith("panel-migrate-"))!;
  assert.equal(migration.deleteBeforeReplace, false);
});

test("a restored database is set up as a new one is", async () => {
  const restored = await planned({}, { backup: { ...backup, restore: { time: "2026-11-30T19:48:25Z" } } });
  const nameOf = (from: Plan, name: string) => from.named(jobType, name).inputs.metadata.name;
  for (const name of ["postgres-roles-job", "postgres-retire-job"])
    assert.notEqual(nameOf(restored, name), nameOf(first, name), name);
});

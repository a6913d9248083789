/** A second server beside the first, as the program registers both: before a switch, after it, and on the way back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isServer, serverIdentity, serverName, serverOfClaim } from "../../../../components/data/servers/names";
import { serversProblems } from "../../../../components/data/servers/settings";
import type { Plan, Registration } from "../../../../engine/record/plan";
import { smallConfig } from "../../../support/config";
import { plan } from "../../../support/plan";
import { layerKey } from "../../../support/project";

const statefulSet = "kubernetes:apps/v1:StatefulSet";
const job = "kubernetes:batch/v1:Job";
const backup = { repository: { kind: "volume", storage: "1Gi" }, encryptionKey: "x".repeat(40) };
const newer = "registry.example/postgres:17.5";

async function planned(postgres: object): Promise<Plan> {
  const key = layerKey("postgres");
  return plan(smallConfig({ postgres }), { preview: false, secretKeys: [key] });
}

const set = (from: Plan, number: number) => from.named(statefulSet, `${serverName(number)}-server`);
const jobOf = (from: Plan, purpose: string) => {
  const found = from.of(job).filter(({ name }) => name.startsWith(`postgres-${purpose}-`));
  assert.equal(found.length, 1, `${found.length} jobs ${purpose}`);
  return found[0]!;
};
const scriptOf = (one: Registration) => one.inputs.spec.template.spec.containers[0].command.at(-1) as string;
const namesOf = (from: Plan) => from.registrations.map(({ urn }) => urn);
const hostOf = (from: Plan) =>
  from
    .named("kubernetes:apps/v1:Deployment", "chat-deployment")
    .inputs.spec.template.spec.containers[0].env.find(({ name }: { name: string }) => name === "PGHOST")?.value;

/** Whether one waits for another, over any number of others. */
function waits(from: Plan, one: Registration, other: Registration): boolean {
  const byUrn = new Map(from.registrations.map((entry) => [entry.urn, entry]));
  const seen = new Set<string>();
  const open = [...one.dependencies];
  for (let urn = open.pop(); urn !== undefined; urn = open.pop()) {
    if (urn === other.urn) return true;
    if (seen.has(urn)) continue;
    seen.add(urn);
    open.push(...(byUrn.get(urn)?.dependencies ?? []));
  }
  return false;
}

test("a server that is restored beside the first changes nothing of it, archives nothing, and is compared", async () => {
  const alone = await planned({ backup });
  const both = await planned({ backup, beside: { server: 2, restore: { time: "2026-11-30T19:48:25Z" } } });
  assert.deepEqual(
    namesOf(alone).filter((urn) => !namesOf(both).includes(urn) && !urn.includes("postgres-roles-")),
    [],
    "the roles' job alone is another run",
  );
  assert.deepEqual(set(both, 1).inputs, set(alone, 1).inputs);
  const second = set(both, 2);
  assert.equal(second.inputs.spec.replicas, 1);
  const [prepare] = second.inputs.spec.template.spec.initContainers;
  assert.match(prepare.command.at(-1), /pgbackrest restore .*--target="2026-11-30 19:48:25\.000\+00"/);
  const environment = Object.fromEntries(prepare.env.map((entry: any) => [entry.name, entry.value]));
  assert.equal(environment.PGBACKREST_STANZA, "postgres");
  const config = both.named("kubernetes:core/v1:ConfigMap", "postgres-2-config").inputs.data["postgresql.conf"];
  assert.doesNotMatch(config, /archive_mode/);
  assert.deepEqual(second.inputs.spec.selector.matchLabels["app.kubernetes.io/component"], "server-2");
  assert.ok(waits(both, jobOf(both, "compare"), second));
  assert.ok(!waits(both, jobOf(both, "roles"), second), "what the apps need waits for nothing of it");
});

test("after the switch the apps wait until the first is stopped, and its claim is kept", async () => {
  const switched = await planned({ backup, server: 2, beside: { server: 1 } });
  const [first, second] = [set(switched, 1), set(switched, 2)];
  assert.deepEqual([first.inputs.spec.replicas, second.inputs.spec.replicas], [0, 1]);
  assert.equal(first.inputs.spec.persistentVolumeClaimRetentionPolicy.whenScaled, "Retain");
  assert.ok(waits(switched, first, second), "the first is stopped when the second is there");
  const migrations = switched.of(job).filter(({ name }) => name.startsWith("chat-migrate-"));
  for (const one of [jobOf(switched, "roles"), ...migrations]) assert.ok(waits(switched, one, first), one.name);
  assert.equal(await hostOf(switched), "postgres-2");
  const { "postgresql.conf": conf } = switched.named("kubernetes:core/v1:ConfigMap", "postgres-2-config").inputs.data;
  assert.match(conf, /archive_mode = 'on'/);
  const jobs = switched.of("kubernetes:core/v1:ConfigMap").find(({ name }) => name === "postgres-backup-jobs-current")!;
  assert.match(jobs.inputs.data["jobs.conf"], /\[postgres-2\]\npg1-host=postgres-2\n/);
  // A log-in that a switch has closed is open again.
  assert.match(scriptOf(jobOf(switched, "roles")), /switchboard\.connection_limit/);
});

test("the way back starts the first and stops the second", async () => {
  const back = await planned({ backup, server: 1, beside: { server: 2 } });
  assert.deepEqual(
    [set(back, 1), set(back, 2)].map(({ inputs }) => inputs.spec.replicas),
    [1, 0],
  );
  assert.ok(waits(back, jobOf(back, "roles"), set(back, 2)));
  assert.equal(await hostOf(back), "postgres");
});

test("another major version: a rehearsal with the newer programs, then the copy before the older is stopped", async () => {
  const rehearsed = await planned({ beside: { server: 2, image: newer, copy: { from: 1 } } });
  const rehearsal = jobOf(rehearsed, "copy");
  assert.equal(rehearsal.inputs.spec.template.spec.containers[0].image, newer);
  assert.doesNotMatch(scriptOf(rehearsal), /close_server\(\)/);
  assert.ok(!waits(rehearsed, jobOf(rehearsed, "roles"), rehearsal));
  const withVolume = await planned({ backup, beside: { server: 2, image: newer, copy: { from: 1 } } });
  const [term] = set(withVolume, 2).inputs.spec.template.spec.affinity.podAffinity
    .requiredDuringSchedulingIgnoredDuringExecution;
  assert.equal(term.labelSelector.matchLabels["app.kubernetes.io/component"], "server", "on the repository's node");
  const older = "registry.example/postgres:15.4";
  const switched = await planned({ image: newer, server: 2, copy: { from: 1 }, beside: { server: 1, image: older } });
  const copy = jobOf(switched, "copy");
  assert.equal(copy.inputs.spec.template.spec.containers[0].image, newer);
  assert.match(scriptOf(copy), /on_other close_server\n/);
  assert.ok(waits(switched, set(switched, 1), copy), "it is stopped after the copy");
  assert.ok(!waits(switched, copy, set(switched, 1)), "and runs while it is copied");
  assert.ok(waits(switched, jobOf(switched, "roles"), copy));
  const [container] = set(switched, 1).inputs.spec.template.spec.containers;
  assert.equal(container.image, older);
});

test("each server has a name and pods of its own", () => {
  assert.deepEqual([1, 2, 12].map(serverName), ["postgres", "postgres-2", "postgres-12"]);
  assert.deepEqual(
    [1, 2].map((number) => serverIdentity(number).component),
    ["server", "server-2"],
  );
  assert.deepEqual(["server", "server-2", "pooler", "servers", undefined].map(isServer), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

test("a claim tells whose it is, and any other one nothing", () => {
  assert.deepEqual(
    ["data-postgres-0", "data-postgres-2-0", "data-postgres-1-0", "data-redis-0", "data-postgres-x-0"].map(
      serverOfClaim,
    ),
    [1, 2, undefined, undefined, undefined],
  );
});

test("numbers that do not fit are refused, each by its key", () => {
  const keys = (given: object) =>
    serversProblems({ server: 1, ...given } as Parameters<typeof serversProblems>[0]).map(({ path }) => path.join("."));
  assert.deepEqual(keys({}), []);
  assert.deepEqual(keys({ beside: { server: 1 } }), ["beside.server"]);
  assert.deepEqual(keys({ server: 2, copy: { from: 1 } }), ["copy.from"]);
  assert.deepEqual(keys({ server: 3, copy: { from: 1 }, beside: { server: 2 } }), ["copy.from"]);
  assert.deepEqual(keys({ server: 2, copy: { from: 1 }, beside: { server: 1 } }), []);
  assert.deepEqual(keys({ beside: { server: 2, copy: { from: 3 } } }), ["beside.copy.from"]);
  assert.deepEqual(keys({ beside: { server: 2, restore: {} } }), ["beside.restore"]);
  assert.deepEqual(keys({ beside: { server: 2, restore: {} }, backup }), []);
});

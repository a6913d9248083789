/** What the program promises of rollouts, with a provider that calls them done at once. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import "./support/needsSystem";
import { askPostgres } from "./support/database";
import { Regular, readRooms } from "./support/ledger";
import { type Outputs, readOutputs } from "./support/outputs";
import { logIn, newPeople, openRoom } from "./support/panel";
import { stackFile } from "./support/stackFile";
import { eventually, get, kubectl, livePods, nodes, npmRun, up } from "./support/system";

/** As some releases of the official provider do now and then. */
const doneAtOnce = { SWITCHBOARD_DONE_AT_ONCE: "true" };
const upDoneAtOnce = () => npmRun("up", ["dev", "--nodes", String(nodes)], doneAtOnce);

let outputs: Outputs;
before(async () => {
  stackFile.keep();
  outputs = await readOutputs();
});
after(() => stackFile.putBack());

/** Log-ins of the apps that Postgres lets in. */
async function openLogins(): Promise<string[]> {
  return askPostgres("SELECT rolname FROM pg_roles WHERE rolname ~ '_g[0-9]+$' AND rolcanlogin ORDER BY rolname");
}

/** Users that Redis has for the apps, as it would read them after a restart. */
async function redisUsers(): Promise<string[]> {
  const file = await kubectl("exec", "redis-0", "--container=server", "--", "cat", "/data/users.acl");
  const names = [...file.matchAll(/^user (\S+) on /gm)].map(([, name]) => name!);
  return names.filter((name) => name !== "probe" && name !== "platform_admin").sort();
}
const redisServer = async () => (await get("pod", "redis-0")).metadata.uid;

const retireJobs = async (): Promise<string[]> =>
  (await get("jobs")).items
    .map(({ metadata }: any) => metadata.name)
    .filter((name: string) => name.startsWith("postgres-retire-"));

test("a rotation of passwords loses nothing where its rollouts are called done at once", async (context) => {
  const visitor = await logIn(outputs);
  const room = await openRoom(visitor, "rotation");
  const names = Array.from({ length: 5 }, (_, index) => `person${index}`);
  const visitors = await newPeople(outputs, visitor, names);
  const people = visitors.map((person, index) => new Regular(outputs, person, room, names[index]!));
  await eventually("everyone is in the room", 30, async () =>
    people.every(({ connections }) => connections > 0) ? true : undefined,
  );
  const pages = readRooms(visitor, 4);
  const [panels, chats] = [await livePods("panel", "web"), await livePods("chat", "socket")];
  const before = { logins: await openLogins(), jobs: await retireJobs(), pods: [...panels, ...chats] };
  const redis = { users: await redisUsers(), pod: await redisServer() };

  for (const layer of ["postgres", "redis"]) stackFile.set([`switchboard:${layer}`, "passwordGeneration"], 7);
  let running = true;
  const run = upDoneAtOnce().finally(() => {
    running = false;
  });
  // The Job that ends the old log-ins has begun, and pods of before still serve with them.
  let both = 0;
  while (running) {
    const jobs = await retireJobs();
    const { items } = await get("pods");
    const old = items.filter(({ metadata }: any) => before.pods.some(({ name }) => name === metadata.name));
    if (jobs.some((name) => !before.jobs.includes(name)) && old.length > 0) {
      both++;
      assert.ok((await openLogins()).includes("panel_g1"), "a log-in was refused while a pod used it");
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const { exitCode } = await run;
  const { sent, failed } = await pages.stop();
  for (const person of people) await person.stop();
  assert.equal(exitCode, 0);
  context.diagnostic(`${sent} pages, ${failed.length} failed; Job and old pods seen together ${both} times`);
  assert.ok(both > 0, "the rollouts were done before the Job began: nothing was tried");
  assert.ok(sent > 200, `${sent} pages`);
  assert.deepEqual(failed, []);
  for (const { seen } of people) {
    const gaps = seen.filter((seq, index) => index > 0 && seq !== seen[index - 1]! + 1);
    assert.deepEqual(gaps, [], "no gap and no repetition");
  }
  const logins = await openLogins();
  assert.ok(logins.length > 0 && logins.every((name) => name.endsWith("_g7")), logins.join());
  assert.ok(before.logins.every((name) => !logins.includes(name)));
  assert.deepEqual([redis.users, await redisUsers()], [["panel"], ["panel-g7"]]);
  assert.equal(await redisServer(), redis.pod, "Redis was not restarted for it");
});

test("an image that cannot start makes an up fail with the reason, though Pulumi calls the rollout done", async () => {
  const before = await livePods("edge", "proxy");
  // As long as a pod of the proxy may take to stop, and a little more.
  stackFile.set(["switchboard:operations", "rolloutTimeoutSeconds"], 90);
  // The panel's image has no NGINX in it.
  stackFile.set(["switchboard:edge", "image"], { repository: "localhost/switchboard/panel", source: "apps/panel" });
  const { exitCode, output } = await upDoneAtOnce();
  assert.notEqual(exitCode, 0);
  // The official provider sees by itself, in most cases, that the pods do not start; the switch is of our own.
  if (process.env.SWITCHBOARD_KUBERNETES_PROVIDER === "official") {
    assert.match(output, /Deployment edge(-deployment)?: /);
    assert.match(output, /"?nginx"?: executable file not found|container \w+: .*nginx/);
  } else {
    assert.match(output, /Deployment edge: .*of 2 pods are of the new version/);
    assert.match(output, /pod edge-\S+: container \w+: .*nginx/);
  }
  assert.doesNotMatch(output, /dev is up after/);
  const now = (await livePods("edge", "proxy")).map(({ name }) => name);
  for (const { name } of before) assert.ok(now.includes(name), `${name} of before serves`);
  await logIn(outputs);

  stackFile.putBack();
  assert.equal((await up()).exitCode, 0);
});

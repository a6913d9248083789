import assert from "node:assert/strict";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { repository } from "../support/plan";
import "./support/needsSystem";
import { pulumi, readOutputs } from "./support/outputs";
import { stackFile } from "./support/stackFile";
import { switchboard } from "./support/switchboard";
import { get, kubectl, revisions, stateFolder, up } from "./support/system";

before(() => stackFile.keep());
after(() => {
  stackFile.putBack();
  rmSync(join(repository, "out/chat-of-the-tests"), { recursive: true, force: true });
});

/** What a run of `npm run up` rolled. */
async function rolledBy(change: () => void | Promise<void>): Promise<string[]> {
  const before = await revisions();
  await change();
  const { exitCode } = await up();
  assert.equal(exitCode, 0);
  const now = await revisions();
  return Object.keys(now)
    .filter((name) => now[name] !== before[name])
    .sort();
}

/** Names and UIDs of the Jobs of one kind. */
async function jobs(prefix: string): Promise<string[]> {
  const { items } = await get("jobs");
  return items
    .filter((job: any) => job.metadata.name.startsWith(prefix))
    .map((job: any) => `${job.metadata.name} ${job.metadata.uid}`);
}

test("a live preview says what the next up will do, and the pull request's comment says the same", async () => {
  const nothing = await switchboard("preview", "dev", "--live");
  assert.equal(nothing.exitCode, 0, nothing.stderr);
  assert.match(nothing.stdout, /^Preview of stack dev: nothing would change\.$/m);

  stackFile.set(["switchboard:panel", "env"], { GREETING: "good-day" });
  const { exitCode, stdout, stderr } = await switchboard("preview", "dev", "--live", "--json");
  assert.equal(exitCode, 0, stderr);
  const { changes } = JSON.parse(stdout);
  const rolled = changes
    .filter(({ type }: { type: string }) => type.endsWith(":Deployment"))
    .map(({ urn, operation }: { urn: string; operation: string }) => `${operation} ${urn.split("::").at(-1)}`);
  assert.deepEqual(rolled.sort(), ["update panel-deployment", "update workers-deployment"]);

  const { stdout: told } = await switchboard("pulumi", "dev", "preview", "--json", "--show-sames");
  const file = join(stateFolder, "preview.json");
  writeFileSync(file, told);
  const comment = await switchboard("comment", "--preview", `dev=${file}`, "--out", "-");
  assert.equal(comment.exitCode, 0, comment.stderr);
  assert.match(comment.stdout, /panel-deployment/);
  assert.match(comment.stdout, /good-day/);
  const { firstLogin } = await readOutputs();
  for (const text of [stdout, comment.stdout]) assert.ok(!text.includes(firstLogin.password), "no secret is shown");
});

test("a setting of the panel rolls the panel and its workers, and runs no migration", async () => {
  const migrations = await jobs("panel-migrate-");
  const rolled = await rolledBy(() => stackFile.set(["switchboard:panel", "env"], { GREETING: "hello" }));
  assert.deepEqual(rolled, ["panel", "workers"]);
  for (const deployment of ["panel", "workers"]) {
    assert.match(await kubectl("get", "deployment", deployment, "--output=yaml"), /name: GREETING\n\s+value: hello/);
  }
  assert.deepEqual(await jobs("panel-migrate-"), migrations);
});

test("a secret of the panel rolls the panel and its workers", async () => {
  const rolled = await rolledBy(async () => {
    const { exitCode, output } = await pulumi(
      ...["config", "set", "--secret", "--path", "switchboard:panel.secretEnv.MAIL_PASSWORD", "correct-horse-battery"],
    );
    assert.equal(exitCode, 0, output);
  });
  assert.deepEqual(rolled, ["panel", "workers"]);
  assert.ok(!stackFile.text().includes("correct-horse-battery"), "the file holds it encrypted");
  assert.ok(!(await kubectl("get", "deployments,configmaps", "--output=yaml")).includes("correct-horse-battery"));
  assert.match(
    await kubectl("exec", "deploy/panel", "--", "node", "-e", "console.log(process.env.MAIL_PASSWORD.length)"),
    /^21/,
  );
});

test("another image of the chat rolls the chat only, after its own migration", async () => {
  const migrations = await jobs("chat-migrate-");
  const source = "out/chat-of-the-tests";
  cpSync(join(repository, "apps/chat"), join(repository, source), { recursive: true });
  writeFileSync(join(repository, source, "RELEASE"), "another one\n");
  const rolled = await rolledBy(() =>
    stackFile.set(["switchboard:chat", "image"], { repository: "localhost/switchboard/chat", source }),
  );
  assert.deepEqual(rolled, ["chat"]);
  const now = await jobs("chat-migrate-");
  assert.equal(now.length, 1, "the Job of the old image is gone");
  assert.notDeepEqual(now, migrations);
});

test("a limit of the edge rolls the edge only", async () => {
  const rolled = await rolledBy(() => stackFile.set(["switchboard:edge", "limits", "bodySize"], "11m"));
  assert.deepEqual(rolled, ["edge"]);
  assert.match(await kubectl("get", "configmaps", "--output=yaml"), /client_max_body_size 11m/);
});

test("another certificate rolls the edge only, and is served", async () => {
  const rolled = await rolledBy(() => stackFile.set(["switchboard:edge", "certificate", "validityDays"], 91));
  assert.deepEqual(rolled, ["edge"]);
});

test("a new generation of passwords rolls the apps, runs no migration, and ends the old log-ins", async () => {
  const migrations = [...(await jobs("panel-migrate-")), ...(await jobs("chat-migrate-"))];
  const rolled = await rolledBy(() => stackFile.set(["switchboard:postgres", "passwordGeneration"], 2));
  assert.deepEqual(rolled, ["chat", "panel", "workers"]);
  assert.deepEqual([...(await jobs("panel-migrate-")), ...(await jobs("chat-migrate-"))], migrations);
  const sql =
    "SELECT string_agg(rolname || '=' || rolcanlogin, ' ' ORDER BY rolname) FROM pg_roles WHERE rolname ~ '_g[0-9]+$'";
  const answer = await kubectl(
    ...["exec", "postgres-0", "--", "sh", "-c"],
    `PGPASSWORD="$(cat /run/secrets/postgres/password)" psql --host=127.0.0.1 --username=postgres --dbname=switchboard --tuples-only --no-align --command="${sql}"`,
  );
  assert.equal(
    answer.trim(),
    ["chat", "chat_owner", "panel", "panel_owner"].map((login) => `${login}_g1=false ${login}_g2=true`).join(" "),
  );
});

test("a wrong setting is refused with everything that is wrong, and nothing changes", async () => {
  const before = await revisions();
  stackFile.set(["switchboard:panel", "replicas"], 0);
  stackFile.set(["switchboard:edge", "panel", "host"], "https://panel.localhost/");
  const { exitCode, output } = await up();
  assert.notEqual(exitCode, 0);
  assert.match(output, /panel\.replicas: 0 /);
  assert.match(output, /edge\.panel\.host: "https:\/\/panel\.localhost\/" is a URL/);
  assert.doesNotMatch(output, /\n\s+at .*\(.*:\d+:\d+\)/, "no stack trace");
  assert.deepEqual(await revisions(), before);
  stackFile.putBack();
  assert.equal((await up()).exitCode, 0, "the settings as they were bring the stack back to them");
  assert.ok((await readOutputs()).panelUrl);
});

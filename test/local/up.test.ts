import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pluginNeeds, wantedVersion } from "../../local/engine/plugins";
import { repository } from "../support/plan";

const machine = mkdtempSync(join(tmpdir(), "up-test-"));
after(() => rmSync(machine, { recursive: true }));

const step = (op: string, name: string) =>
  JSON.stringify({ op, urn: `urn:pulumi:prod::switchboard::gcp:sql/databaseInstance:DatabaseInstance::${name}` });

/** A machine where everything official is installed, as scripts that keep what they were called with. */
function officialMachine(preview: string): { calls: () => string; up: (...flags: string[]) => ReturnType<typeof run> } {
  const home = mkdtempSync(join(machine, "home-"));
  const bin = join(home, "bin");
  mkdirSync(bin);
  const script = (name: string, text: string) =>
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> "${home}/calls"\n${text}\n`, { mode: 0o755 });
  script("docker", "");
  script("pulumi-language-nodejs", "");
  script(
    "pulumi",
    `case "$1 $2" in
  "stack ls") echo '[{"name":"prod"}]' ;;
  "stack output") echo '{"panelUrl":"https://panel.switchboard.dev"}' ;;
  "preview "*) ${preview} ;;
  "up "*) echo '{"summaryEvent":{"durationSeconds":1,"resourceChanges":{"create":1}}}' ;;
esac`,
  );
  for (const need of pluginNeeds("gcp").filter(({ kind }) => kind === "resource")) {
    const folder = join(home, `.pulumi/plugins/resource-${need.name}-v${wantedVersion(need)}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, need.executable), "", { mode: 0o755 });
  }
  const env = {
    ...{ HOME: home, PATH: `${bin}:/usr/bin:/bin`, SWITCHBOARD_CACHE: join(home, "cache") },
    PULUMI_BACKEND_URL: "gs://state",
  };
  return {
    calls: () => (existsSync(join(home, "calls")) ? readFileSync(join(home, "calls"), "utf8") : ""),
    up: (...flags) => run(env, flags),
  };
}

function run(env: Record<string, string>, flags: readonly string[]) {
  const words = ["--require", "./components/loader.cjs", "local/up.ts", "prod", ...flags];
  return spawnSync(process.execPath, words, { cwd: repository, encoding: "utf8", env, input: "" });
}

test("a cloud stack is looked at first, and nothing is changed while nobody has said yes", () => {
  const { calls, up } = officialMachine(`echo '{"steps":[${step("delete", "data")},${step("create", "other")}]}'`);
  const { status, stdout, stderr } = up();
  assert.equal(status, 1);
  assert.match(
    stdout,
    /1 to delete, 1 to create:\n {2}delete DatabaseInstance data\n {2}create DatabaseInstance other/,
  );
  assert.match(stderr, /This changes the stack prod as above\. Nobody is there to answer\.[\s\S]*give --yes/);
  assert.doesNotMatch(calls(), /^pulumi up /m);
});

test("with --yes it goes on, with official parts", () => {
  const { calls, up } = officialMachine(`echo '{"steps":[${step("create", "data")}]}'`);
  const { status, stdout, stderr } = up("--yes");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /prod is up after .*; 1 create\./);
  assert.match(stdout, /official plugins/);
  assert.match(calls(), /^pulumi up --yes .*--stack prod --config-file \S*Pulumi\.prod\.yaml$/m);
});

test("a preview that the engine refuses ends it, with a hint where a cloud has said no", () => {
  const refused = officialMachine(
    `echo '{"diagnostics":[{"severity":"error","message":"unable to delete resource data: it is protected"}]}'; exit 255`,
  );
  const protectedData = refused.up("--yes");
  assert.equal(protectedData.status, 1);
  assert.match(
    protectedData.stderr,
    /pulumi preview of prod failed:\n {2}unable to delete resource data: it is protected/,
  );
  assert.doesNotMatch(refused.calls(), /^pulumi up /m);
  const loggedOut = officialMachine(
    `echo '{"diagnostics":[{"severity":"error","message":"google: could not find default credentials"}]}'; exit 255`,
  ).up("--yes");
  assert.match(loggedOut.stderr, /what to do: .*gcloud auth application-default login/);
});

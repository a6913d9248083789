import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { repository } from "../../../support/plan";
import { layerKey, project } from "../../../support/project";

const machine = mkdtempSync(join(tmpdir(), "preview-test-"));
after(() => rmSync(machine, { recursive: true }));
const temporary = join(machine, "tmp");
mkdirSync(temporary);

/** What a person may have in their environment and no preview may use. */
const credentials = { AWS_SECRET_ACCESS_KEY: "must-not-travel", PULUMI_ACCESS_TOKEN: "must-not-travel" };

/** The command on a machine with nothing but Node.js: no Pulumi, no cluster, no home folder. */
function preview(args: readonly string[], path = "/usr/bin:/bin") {
  const words = ["cli/bin/switchboard.cjs", "preview", ...args];
  const home = join(machine, "home");
  const env = { HOME: home, PATH: path, TMPDIR: temporary, SWITCHBOARD_CACHE: join(machine, "cache"), ...credentials };
  const result = spawnSync(process.execPath, words, { cwd: repository, encoding: "utf8", env });
  assert.deepEqual(readdirSync(temporary), [], "the temporary folder is gone");
  assert.equal(existsSync(home), false, "nothing is written at home");
  return result;
}

const dev = readFileSync(join(repository, "Pulumi.dev.yaml"), "utf8");

function stackFile(name: string, change: (text: string) => string): string {
  const file = join(machine, `Pulumi.${name}.yaml`);
  writeFileSync(file, change(dev));
  return file;
}

test("stack dev is shown on a machine that has nothing", () => {
  const { stdout, stderr, status } = preview(["dev"]);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^Offline preview of stack dev/);
  assert.match(stdout, /No cloud, no cluster and no state was asked/);
  assert.match(stdout, /│ {2}├─ panel-service +kubernetes:core\/v1:Service/);
  assert.match(stdout, /Not confirmed by the Pulumi CLI, because there is none here/);
  assert.equal(existsSync(join(machine, "cache")), false, "nothing is built unasked");
});

test("--json has nothing but JSON on stdout, and waits for no CLI", () => {
  const folder = fakeCli("exit 255");
  const { stdout, stderr, status } = preview(["dev", "--json"], `${folder}:/usr/bin:/bin`);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^Offline preview of stack dev/);
  const { resources, stack } = JSON.parse(stdout);
  assert.equal(stack, "dev");
  assert.equal(existsSync(join(folder, "calls")), false, "the CLI was not called");
  assert.ok(resources.length > 50);
});

test("a stack with encrypted values of somebody else's key is shown, and says what stands for them", () => {
  const secret = (text: string) =>
    `secretsprovider: gcpkms://projects/x\nencryptedkey: abc\n${text.replace(
      "firstAdministrator",
      "secretEnv: {MAIL_PASSWORD: {secure: v1:abc}}\n    firstAdministrator",
    )}`;
  const { stdout, stderr, status } = preview([stackFile("sealed", secret), "--verbose"]);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /placeholders stand for what is stored with --secret: panel\.secretEnv\.MAIL_PASSWORD/);
  assert.match(stdout, /stringData:.* "\[secret\]"/);
  assert.doesNotMatch(stdout, /not-known-offline/);
});

test("wrong settings come out as the program words them, all at once, with exit code 1", () => {
  const file = stackFile("wrong", (text) =>
    text.replace("httpPort: 8080", "httpPort: 8443").replace("stage:", "stge:"),
  );
  const { stdout, stderr, status } = preview([file]);
  assert.equal(status, 1);
  assert.match(stderr, /^2 settings are wrong in stack wrong; nothing was changed\.$/m);
  assert.match(stderr, /operations\.stge: unknown key; did you mean stage\?/);
  assert.doesNotMatch(stdout + stderr, /\n {4}at /, "no stack trace");
  assert.doesNotMatch(stdout, /├─/);
});

test("every other way to fail has its exit code and a sentence", () => {
  const cases: [string[], number, RegExp][] = [
    [["nosuch"], 1, /Pulumi\.nosuch\.yaml does not exist[\s\S]*new-stack/],
    [["/nowhere/Pulumi.x.yaml"], 1, /\/nowhere\/Pulumi\.x\.yaml does not exist/],
    [["/nowhere/x.yaml"], 1, /call it Pulumi\.<stack>\.yaml/],
    [[stackFile("whole", () => `config:\n  ${layerKey("panel")}: {secure: abc}\n`)], 1, /encrypted as a whole/],
    [[stackFile("broken", () => "config: [")], 1, /is no YAML/],
    [["--nonsense"], 2, /unknown option '--nonsense'/],
    [["dev", "prod"], 2, /too many arguments/],
  ];
  for (const [args, code, message] of cases) {
    const { status, stderr } = preview(args);
    assert.equal(status, code, `${args}: ${stderr}`);
    assert.match(stderr, message);
  }
  const help = preview(["--help"]);
  assert.equal(help.status, 0);
  assert.match(help.stdout, /Exit codes:/);
});

/** A `pulumi` that keeps what it was called with and says what a test wants to hear. */
function fakeCli(verdict: string): string {
  const folder = mkdtempSync(join(machine, "cli-"));
  const file = join(folder, "pulumi");
  writeFileSync(
    file,
    `#!/bin/sh
printf '%s ' "$@" >> "${folder}/calls"; echo >> "${folder}/calls"
env | grep -E '^(PULUMI|AWS|GOOGLE|KUBECONFIG)' > "${folder}/env"
case "$1 $2" in
  "stack init") echo "encryptionsalt: v1:salt" > "Pulumi.$3.yaml" ;;
  "preview "*) cp "$5" "${folder}/settings"; ls "\${PATH%%:*}" > "${folder}/plugins"; ${verdict} ;;
esac
`,
  );
  chmodSync(file, 0o755);
  return folder;
}

test("a CLI that is there confirms the tree, in a state of its own and without anybody's credentials", () => {
  const urns = JSON.parse(preview(["dev", "--json"]).stdout).resources.map(({ urn }: { urn: string }) => urn);
  const answer = join(machine, "answer.json");
  const steps = [`urn:pulumi:dev::${project}::pulumi:pulumi:Stack::${project}-dev`, ...urns];
  writeFileSync(answer, JSON.stringify({ steps: steps.map((urn) => ({ op: "create", urn })) }));
  const folder = fakeCli(`cat ${answer}`);
  const { stdout, stderr, status } = preview(["dev"], `${folder}:/usr/bin:/bin`);
  assert.equal(status, 0, stderr);
  assert.match(stdout, new RegExp(`Confirmed: Pulumi CLI .* previews the same ${urns.length}`));
  const calls = readFileSync(join(folder, "calls"), "utf8");
  assert.match(calls, /^stack init dev --non-interactive $/m);
  assert.match(calls, /^preview --stack dev --config-file \S+ --json --non-interactive $/m);
  const env = readFileSync(join(folder, "env"), "utf8");
  assert.match(env, new RegExp(`^PULUMI_BACKEND_URL=file://${temporary}/`, "m"));
  assert.match(env, new RegExp(`^PULUMI_HOME=${temporary}/`, "m"));
  assert.match(env, new RegExp(`^KUBECONFIG=${temporary}/`, "m"));
  assert.doesNotMatch(env, /must-not-travel/);
  const settings = readFileSync(join(folder, "settings"), "utf8");
  assert.match(settings, /^encryptionsalt: v1:salt$/m);
  assert.match(settings, new RegExp(`${layerKey("panel")}:`));
  const plugins = readFileSync(join(folder, "plugins"), "utf8").trim().split("\n");
  const names = ["aws", "gcp", "kubernetes", "random", "tls"].map((name) => `pulumi-resource-${name}`);
  assert.deepEqual(plugins, ["pulumi-language-nodejs", ...names]);
});

test("secrets of the temporary copy are set as secrets, by their path", () => {
  const folder = fakeCli(`echo '{"steps":[]}'`);
  const secret = (text: string) =>
    text.replace("firstAdministrator", "secretEnv: {MAIL_PASSWORD: {secure: v1:abc}}\n    firstAdministrator");
  const path = `${layerKey("panel")}\\.secretEnv\\.MAIL_PASSWORD`;
  preview([stackFile("sealed2", secret)], `${folder}:/usr/bin:/bin`);
  assert.match(
    readFileSync(join(folder, "calls"), "utf8"),
    new RegExp(`^config set-all --path --stack sealed2 --secret ${path}=not-known-offline\\S* `, "m"),
  );
});

test("a CLI that previews something else, or fails, is exit code 3 with what differs", () => {
  const other = fakeCli(`echo '{"steps":[{"op":"create","urn":"urn:pulumi:dev::switchboard::a:b:C::x"}]}'`);
  const differing = preview(["dev"], `${other}:/usr/bin:/bin`);
  assert.equal(differing.status, 3);
  assert.match(differing.stdout, /only in the tree: .*::panel-service/);
  assert.match(differing.stdout, /only by the CLI: {2}urn:pulumi:dev::switchboard::a:b:C::x/);
  const failing = fakeCli(`echo '{"diagnostics":[{"severity":"error","message":"no such thing"}]}'; exit 255`);
  const failed = preview(["dev"], `${failing}:/usr/bin:/bin`);
  assert.equal(failed.status, 3);
  assert.match(failed.stdout, /could not preview it:\n {2}no such thing/);
});

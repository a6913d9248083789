import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { repository } from "./support/plan";
import { project } from "./support/project";
import { renamedCopy } from "./support/renamedCopy";

const fixture = join(repository, "test/fixtures/apps/mail");
/** The repository of somebody who adds an app with code of its own. */
let copy: string;

before(() => {
  copy = renamedCopy(project);
  const folder = join(copy, "components/apps/mail");
  mkdirSync(folder);
  for (const file of readdirSync(fixture)) {
    cpSync(join(fixture, file), join(folder, file));
    const text = readFileSync(join(folder, file), "utf8");
    writeFileSync(
      join(folder, file),
      text.replaceAll("../../../../components/apps/", "../").replaceAll("../../../../components/", "../../"),
    );
  }
  change("components/apps/index.ts", (text) =>
    text
      .replace("{ panel: panelApp, chat: chatApp }", "{ panel: panelApp, chat: chatApp, mail: mailApp }")
      .replace("import { panelApp }", 'import { mailApp } from "./mail/module";\nimport { panelApp }'),
  );
  change("Pulumi.dev.yaml", (text) => `${text.trimEnd()}\n  ${project}:mail:\n    image: registry.example/mail:1.0\n`);
});

function change(file: string, by: (text: string) => string): void {
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  const changed = by(text);
  assert.notEqual(changed, text, `${file} is as it was`);
  writeFileSync(path, changed);
}

function switchboard(...args: readonly string[]) {
  const env = { ...process.env, NO_COLOR: "1", SWITCHBOARD_CACHE: join(copy, "cache") };
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(copy, "cli/bin/switchboard.cjs"), ...args], {
    ...{ cwd: copy, encoding: "utf8", env },
  });
  return { text: stdout + stderr, stdout, status };
}

test("an app with code of its own is a folder and a line, and a value in the stack's file", () => {
  const status = execFileSync("git", ["status", "--porcelain"], { cwd: copy, encoding: "utf8" });
  const touched = status.split("\n").filter(Boolean);
  assert.deepEqual(touched.map((line) => line.slice(3)).sort(), [
    "Pulumi.dev.yaml",
    "components/apps/index.ts",
    "components/apps/mail/",
  ]);
});

test("the compiler has nothing to say against it, and names what an app has not brought", () => {
  const compiler = join(repository, "node_modules/typescript-native/bin/tsc");
  const compile = () =>
    spawnSync(process.execPath, [compiler, "--noEmit", "--singleThreaded", "--project", copy], { encoding: "utf8" })
      .stdout;
  assert.equal(compile(), "");
  change("components/apps/mail/module.ts", (text) => text.replace("  pods: { mail: sender },\n", ""));
  assert.match(compile(), /Property 'pods' is missing/);
  change("components/apps/mail/module.ts", (text) =>
    text.replace("  console: {", "  pods: { mail: sender },\n  console: {"),
  );
});

test("its pods, its role in Postgres, its place in the quota and its policies are previewed", () => {
  const { text, stdout, status } = switchboard("preview", "dev", "--json");
  assert.equal(status, 0, text);
  assert.match(stdout, /mail-deployment/);
  assert.match(stdout, /postgres-mail-owner/);
  assert.match(stdout, /mailConsole|mail-account/);
});

test("its settings are checked with all others", () => {
  const file = join(copy, "Pulumi.dev.yaml");
  const right = readFileSync(file, "utf8");
  writeFileSync(file, `${right}    replicas: -1\n    shutdownSeconds: 299\n    replica: 2\n`);
  const { text, status } = switchboard("preview", "dev", "--json");
  writeFileSync(file, right);
  assert.notEqual(status, 0);
  assert.match(text, /mail\.replicas: -1/);
  assert.match(text, /mail\.replica: unknown key/);
  writeFileSync(file, `${right}    shutdownSeconds: 299\n`);
  const slow = switchboard("preview", "dev", "--json");
  writeFileSync(file, right);
  assert.match(slow.text, /mail\.shutdownSeconds: a pod may take 299 \+ 10 = 309 seconds/);
});

test("commands know it, and cost, diagram and doctor go on", () => {
  assert.match(switchboard("console", "--help").text, /mail/);
  assert.match(switchboard("run", "--help").text, /mail/);
  assert.match(switchboard("logs", "--help").text, /mail/);
  for (const command of ["cost", "diagram"]) {
    const { text, status } = switchboard(command, "dev");
    assert.equal(status, 0, `${command}: ${text}`);
    if (command === "diagram") assert.match(text, /mail/);
  }
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { productFolders } from "./support/folders";
import { repository } from "./support/plan";

const name = "acme-platform";

/** The repository as a team has it that has called its project after itself. */
const copy = mkdtempSync(join(tmpdir(), "switchboard-renamed-"));
after(() => rmSync(copy, { recursive: true, force: true }));

for (const entry of [...productFolders, "apps", ".ci", "index.ts", "package.json", "tsconfig.json"])
  cpSync(join(repository, entry), join(copy, entry), {
    recursive: true,
    filter: (path) => !/node_modules|_build|\/deps(\/|$)/.test(path.slice(repository.length)),
  });
symlinkSync(join(repository, "node_modules"), join(copy, "node_modules"));
for (const file of readdirSync(repository).filter((entry) => /^Pulumi\..*yaml$/.test(entry))) {
  const text = readFileSync(join(repository, file), "utf8");
  writeFileSync(
    join(copy, file),
    text.replace(/^name: switchboard$/m, `name: ${name}`).replace(/^ {2}switchboard:/gm, `  ${name}:`),
  );
}

function switchboard(...args: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(copy, "cli/bin/switchboard.cjs"), ...args], {
    cwd: copy,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", SWITCHBOARD_CACHE: join(copy, "cache") },
  });
  return { stdout, stderr, status };
}

test("every stack is previewed offline under the project's own name", () => {
  for (const stack of ["dev", "prod", "prod-eks"]) {
    const { stdout, stderr, status } = switchboard("preview", stack, "--no-cli", "--yaml");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /app\.kubernetes\.io\/part-of: switchboard/);
    assert.doesNotMatch(stdout, /urn:pulumi:\w+::switchboard::/);
    assert.match(stdout, new RegExp(`switchboard\\.dev/stack: ${name}\\.${stack}`));
  }
});

test("the other tools that read a stack's file see it too", () => {
  for (const args of [
    ["cost", "prod"],
    ["diagram", "prod"],
    ["comment", "--offline", "--stack", "prod"],
  ]) {
    const { stdout, stderr, status } = switchboard(...args);
    assert.equal(status, 0, `${args.join(" ")}: ${stderr}`);
    assert.doesNotMatch(stdout + stderr, /is not set/, args.join(" "));
  }
  const { stdout } = switchboard("comment", "--offline", "--stack", "prod", "--out", "-");
  assert.match(stdout, new RegExp(`project=${name}`));
});

test("a new stack is written under the project's name, and read again", () => {
  const answers = ["--where", "local", "--panel-host", "panel.localhost", "--chat-host", "chat.localhost"];
  const more = ["--admin", "me@panel.localhost", "--certificate", "selfSigned"];
  const { stderr, status } = switchboard("new-stack", "--yes", "--name", "team", ...answers, ...more);
  assert.equal(status, 0, stderr);
  const text = readFileSync(join(copy, "Pulumi.team.yaml"), "utf8");
  assert.match(text, new RegExp(`^ {2}${name}:cluster:`, "m"));
  assert.doesNotMatch(text, /^ {2}switchboard:/m);
  const { status: again, stderr: why } = switchboard("preview", "team", "--no-cli");
  assert.equal(again, 0, why);
});

test("a file that still has the old name is told what to write", () => {
  writeFileSync(join(copy, "Pulumi.old.yaml"), readFileSync(join(repository, "Pulumi.dev.yaml")));
  const { stderr, status } = switchboard("preview", "old", "--no-cli");
  assert.notEqual(status, 0);
  assert.match(stderr, /switchboard:panel: is of another project; this project is called acme-platform/);
  assert.doesNotMatch(stderr, /is not set/);
});

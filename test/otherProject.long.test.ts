import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repository } from "./support/plan";
import { project } from "./support/project";
import { renamedCopy } from "./support/renamedCopy";

const name = `acme-${project}`;

/** The repository as a team has it that has called its project after itself. */
const copy = renamedCopy(name);

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
    const { stdout, stderr, status } = switchboard("preview", stack, "--json");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /"app\.kubernetes\.io\/part-of":\s*"switchboard"/);
    assert.doesNotMatch(stdout, new RegExp(`urn:pulumi:\\w+::${project}::`));
    assert.match(stdout, new RegExp(`"switchboard\\.dev/stack":\\s*"${name}\\.${stack}"`));
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
  const answers = [
    "--example",
    "panel-and-chat",
    "--where",
    "local",
    "--host",
    "panel.localhost",
    "--chat-host",
    "chat.localhost",
  ];
  const more = ["--admin", "me@panel.localhost", "--certificate", "selfSigned"];
  const { stderr, status } = switchboard("new-stack", "--yes", "--name", "team", ...answers, ...more);
  assert.equal(status, 0, stderr);
  const text = readFileSync(join(copy, "Pulumi.team.yaml"), "utf8");
  assert.match(text, new RegExp(`^ {2}${name}:cluster:`, "m"));
  assert.doesNotMatch(text, new RegExp(`^ {2}${project}:`, "m"));
  const { status: again, stderr: why } = switchboard("preview", "team", "--json");
  assert.equal(again, 0, why);
});

test("a file that still has the old name is told what to write", () => {
  writeFileSync(join(copy, "Pulumi.old.yaml"), readFileSync(join(repository, "Pulumi.dev.yaml")));
  const { stderr, status } = switchboard("preview", "old", "--json");
  assert.notEqual(status, 0);
  assert.match(stderr, new RegExp(`${project}:panel: is of another project; this project is called ${name}`));
  assert.doesNotMatch(stderr, /is not set/);
});

// One file of tests for each way in which a name is read: from Pulumi.yaml, from a stack's file, for what is made of it.
const share = [
  "components/clouds/aws/iamPolicies",
  "sandbox/images/wanted",
  "engine/stack/knownConfig",
  "engine/stack/target",
  "cli/ci/reviewStack",
  "cli/doctor/amazon",
  "components/settings/quotes",
];

test("a share of the tests passes under another name; `npm run unit -- --project NAME` runs all of them", () => {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--require", "./components/loader.cjs", "--test", ...share.map((file) => `test/${file}.test.ts`)],
    { cwd: copy, encoding: "utf8", env },
  );
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /^. pass [1-9]\d/m);
});

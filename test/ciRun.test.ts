import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { temporaryFolder } from "../lib/temporary";
import { repository } from "./support/plan";

const folder = temporaryFolder("ciRun");
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `.ci/run` with an npm that prints what `told` has for the words of its call, `pass 1` for all others. */
function run(told: Readonly<Record<string, string>>) {
  const cases = Object.entries(told).map(([words, script]) => `*" ${words} "*) ${script} ;;`);
  const npm = join(folder, "npm");
  writeFileSync(npm, ["#!/bin/sh", 'case " $* " in', ...cases, '*) echo "ℹ pass 1" ;;', "esac"].join("\n"));
  chmodSync(npm, 0o755);
  const env = { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) };
  return spawnSync(join(repository, ".ci/run"), { env, encoding: "utf8" });
}

test("what CI runs counts every step, also those beside the nodes, and ends with one line", () => {
  const chat = 'echo "5 tests, 0 failures"; echo "# pass 2"';
  const { status, stdout } = run({
    up: "true",
    down: "true",
    "test:chat": chat,
    "-- nodes": "echo a; echo '# pass 40'",
  });
  // test, long, panel, the other suites and the official provider: one each.
  assert.match(stdout, /\n52 passed, 0 failed\n$/);
  assert.equal(status, 0);
  assert.match(stdout, /\n== chat: 7 passed, 0 failed, \d+ s\n/);
  // What runs beside is printed when both are done, each step for itself.
  const after = stdout.slice(stdout.indexOf("== what long printed:"));
  assert.match(after, /== what panel printed:\nℹ pass 1\n\n== what chat printed:\n5 tests, 0 failures\n# pass 2\n/);
});

test("a failure fails the run and is named at its end, wherever it was", () => {
  for (const [words, says] of Object.entries({
    up: /== failed in up:\nno nodes\n/,
    "test:panel": /== failed in panel:\nno nodes\n/,
    "-- nodes": /== failed in e2e:\nno nodes\n/,
  })) {
    const { status, stdout } = run({ [words]: "echo no nodes; exit 1" });
    assert.equal(status, 1, words);
    assert.match(stdout, says);
    assert.match(stdout, /\n8 passed, 1 failed\n$/);
  }
  const counted = run({ "-- others": "echo 'not ok 1 - the door'; echo '# pass 3'; echo '# fail 2'; exit 1" });
  assert.match(counted.stdout, /== failed in e2e-others:\nnot ok 1 - the door\n/);
  assert.match(counted.stdout, /\n11 passed, 2 failed\n$/);
  assert.equal(counted.status, 1);
});

test("what runs beside the nodes has a checkout of its own, which is gone afterwards", () => {
  const { stdout } = run({ "-- nodes": "pwd", "-- others": "pwd; test -f Pulumi.dev.yaml && echo '# pass 1'" });
  const own = /== what e2e-others printed:\n(.+)\n/.exec(stdout)![1]!;
  assert.notEqual(own, repository);
  assert.ok(stdout.includes(`${repository}\n`));
  assert.match(stdout, /\n8 passed, 0 failed\n$/);
  assert.ok(!existsSync(own));
});

test("a run whose part beside the nodes is killed has failed", () => {
  const { status, stdout } = run({ "test:panel": "kill -KILL $PPID" });
  assert.equal(status, 1);
  assert.match(stdout, /\n\d+ passed, [1-9]\d* failed\n$/);
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { drawnStacks, drawnVariable } from "./support/drawnStacks";
import { repository } from "./support/plan";

const files = readdirSync(join(repository, "test")).filter((file) => /^invariants\w*\.test\.ts$/.test(file));
const count = 5;

// SWITCHBOARD_TEST_DRAWN_SEED=random draws others, and the seed in the message draws the same again.
test("every invariant holds of stacks whose apps nobody wrote", () => {
  assert.ok(files.length >= 6, files.join(" "));
  const asked = process.env.SWITCHBOARD_TEST_DRAWN_SEED ?? "1";
  const seed = asked === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(asked);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout, status } = spawnSync(
    process.execPath,
    [
      ...["--require", "./components/loader.cjs", "--test", "--test-concurrency=2", "--test-reporter=tap"],
      ...files.map((file) => `test/${file}`),
    ],
    { cwd: repository, encoding: "utf8", maxBuffer: 2 ** 28, env: { ...env, [drawnVariable]: `${seed}:${count}` } },
  );
  const failed = stdout.split(/^(?= *# Subtest: )/m).filter((part) => /^ *not ok /m.test(part));
  assert.equal(status, 0, `${drawnVariable}=${seed}:${count}\n${failed.join("\n").slice(0, 8000)}`);
  // The files have run on them, and not on the stacks that are written.
  assert.match(stdout, new RegExp(`every resource of the stack \\d+ of seed ${seed}`));
});

test("what is drawn has every part that an app can have", () => {
  const text = JSON.stringify(drawnStacks("11:40").map(({ config }) => config));
  for (const part of [
    "sidecars",
    "volumes",
    "secretEnv",
    "secretFrom",
    "externalSecrets",
    "files",
    "schedules",
    "after",
  ])
    assert.ok(text.includes(`"${part}":{"`), part);
  for (const part of ["cluster", "servicePort", "egress", "route", "release", "console"])
    assert.ok(text.includes(`"${part}":`), part);
});

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { execa } from "execa";
import { changedFiles, jobPlan } from "../../../cli/ci/plan";

const folder = mkdtempSync(join(tmpdir(), "switchboard-plan-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const git = (...args: string[]) =>
  execa("git", ["-c", "user.name=ada", "-c", "user.email=ada@acme.example", ...args], { cwd: folder });

test("changed files are those of the branch alone, with both names of what was renamed", async () => {
  await git("init", "--quiet", "--initial-branch=main");
  mkdirSync(join(folder, "components"));
  for (const name of ["a.ts", "components/b.ts", "c d.ts"]) writeFileSync(join(folder, name), `${name}\n`.repeat(20));
  await git("add", ".");
  await git("commit", "--quiet", "-m", "one");
  await git("switch", "--quiet", "-c", "change");
  renameSync(join(folder, "components/b.ts"), join(folder, "moved.ts"));
  writeFileSync(join(folder, "c d.ts"), "changed\n");
  writeFileSync(join(folder, "neu\nzwei.ts"), "x\n");
  await git("add", "--all");
  await git("commit", "--quiet", "-m", "two");
  await git("switch", "--quiet", "main");
  writeFileSync(join(folder, "a.ts"), "of somebody else\n");
  await git("commit", "--quiet", "-am", "three");
  assert.deepEqual((await changedFiles("main", "change", folder))?.sort(), [
    ...["c d.ts", "components/b.ts", "moved.ts", "neu\nzwei.ts"],
  ]);
  assert.deepEqual(await changedFiles("main", "main", folder), []);
});

test("where it cannot be known what changed it is not known", async () => {
  assert.equal(await changedFiles("0".repeat(40), "HEAD", folder), undefined);
  assert.equal(await changedFiles("gone", "HEAD", folder), undefined);
  await assert.rejects(changedFiles("--output=/etc/x", "HEAD", folder), /is no revision/);
});

test("stacks become jobs by what may be done with them", () => {
  const all = [
    { stack: "dev", cloud: "none", production: false, sources: [] },
    { stack: "test", cloud: "gcp", production: false, sources: [] },
    { stack: "prod", cloud: "aws", production: true, sources: [] },
  ] as const;
  const [dev, development, production] = all.map(({ stack, cloud }) => ({ stack, cloud }));
  const brought = { development: [development], production: [production] };
  assert.deepEqual(jobPlan(all, true), { live: [development, production], offline: [dev], ...brought });
  assert.deepEqual(jobPlan(all, false), { live: [], offline: [dev, development, production], ...brought });
});

test("production is previewed live where somebody has to agree, else offline", () => {
  const all = [
    { stack: "test", cloud: "gcp", production: false, sources: [] },
    { stack: "eu", cloud: "aws", production: true, sources: [] },
    { stack: "us", cloud: "aws", production: true, sources: [] },
  ] as const;
  const names = (jobs: readonly { stack: string }[]) => jobs.map(({ stack }) => stack);
  const plan = jobPlan(all, true, ["us"]);
  assert.deepEqual([names(plan.live), names(plan.offline)], [["test", "us"], ["eu"]]);
  const nobody = jobPlan(all, true, []);
  assert.deepEqual([names(nobody.live), names(nobody.offline)], [["test"], ["eu", "us"]]);
});

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { command, fileAt } from "../../../cli/commands/cost";
import type { Invocation } from "../../../cli/core/command";
import { readTarget } from "../../../engine/stack/target";
import { compare, estimate } from "../../../review/cost";
import { changeReport, dollars, estimateReport, rounded } from "../../../review/cost/report";
import { onAmazon, onGoogle, resource } from "./stack";

/** One call of the command, and what it said. */
async function call(stack: string, options: Record<string, unknown> = {}) {
  const said = { value: undefined as any, text: "", notes: [] as string[], steps: [] as string[] };
  const invocation: Invocation = {
    io: {
      ...{ style: { width: 100, valueWidth: 100, colours: false }, json: false, signal: new AbortController().signal },
      result: (value, lines) => {
        said.value = value;
        said.text = lines().join("\n");
      },
      line: () => assert.fail("one result, not lines"),
      note: (line) => said.notes.push(line),
      step: (title, work) => {
        said.steps.push(title);
        return work(() => {});
      },
    },
    ...{ target: readTarget(stack), arguments: {}, options, rest: [], confirm: () => assert.fail("nothing is asked") },
  };
  return { ...said, code: await command.run(invocation).finally(() => {}), said };
}

test("switchboard cost: a table by component, what has no price, what is assumed, the date", async () => {
  const { code, said } = await call("prod-eks");
  assert.equal(code, 0);
  assert.match(said.text, /^USD a month \(730 hours\) at list prices of eu-west-1\.\n\n {11,}low {2}likely {3}high\n/);
  assert.match(said.text, /^cluster {5,}882 {3}1,293 {2}2,218$/m);
  assert.match(said.text, /^total \* {4,}1,218 {3}1,647 {2}2,792$/m);
  assert.match(said.text, /^ {2}edge: its capacity units: the sheet has no price of balancer.capacity in eu-west-1$/m);
  assert.match(said.text, /^ {2}flow logs of the VPC: 1 \/ 10 \/ 100 GiB$/m);
  assert.match(said.text, /^Prices of 2026-11-21 /m);
  assert.ok(said.text.split("\n").every((line) => line.length <= 100));
  assert.equal(said.value.stack, "prod-eks");
  assert.equal(said.value.total.likely, 1646.7712);
});

test("switchboard cost --verbose shows what each component pays for, the same things once", async () => {
  const { said } = await call("prod-eks", { verbose: true });
  assert.match(said.text, /^ {2}3 to 9 × m7i\.xlarge {5,}492\.09 +820\.16 +1,476\.28$/m);
  assert.match(said.text, /^ {2}6 × public address {5,}21\.90 +21\.90 +21\.90$/m);
});

test("switchboard cost of a stack on a cluster that exists says so plainly", async () => {
  const { code, said } = await call("dev");
  assert.equal(code, 0);
  assert.match(said.text, /^Stack dev runs on a cluster that exists: the stack pays for nothing by itself/);
  assert.doesNotMatch(said.text, /0\.00/);
});

test("switchboard cost --compare: both stacks, the difference, and what is in neither figure", async () => {
  const { code, said } = await call("prod", { compare: "prod-eks" });
  assert.equal(code, 0);
  assert.match(said.text, /^cluster {5,}812 +1,293 +\+480$/m);
  assert.match(said.text, /^redis \* .*– .* 40 .*\+40$/m);
  assert.match(said.text, /Not in the figures of prod, because there is no price here:\n {2}postgres: disk/);
  assert.deepEqual([said.value.stack, said.value.compared], ["prod", "prod-eks"]);
  await assert.rejects(call("prod", { compare: "nowhere" }), /there is no stack nowhere/);
});

test("switchboard cost --base: the file at a revision, and a revision that is none", async () => {
  const { code, said } = await call("prod", { base: "HEAD" });
  assert.equal(code, 0);
  assert.deepEqual(
    said.value.components.map(({ component }: any) => component),
    ["cluster", "edge", "postgres", "redis"],
  );
  await assert.rejects(call("prod", { base: "--output=/tmp/x" }), /git knows no such revision here/);
  const both = await call("prod", { base: "HEAD", compare: "dev" });
  assert.equal(both.code, 2);
  assert.deepEqual(both.notes, ["--compare and --base are two comparisons; give one"]);
});

test("a file at a revision is read as it was; one that was not there is told apart", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-cost-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...words: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...words], {
      cwd: folder,
      stdio: "pipe",
    });
  git("init", "--quiet");
  writeFileSync(join(folder, "a.yaml"), "old\n");
  git("add", "a.yaml");
  git("commit", "--quiet", "-m", "first");
  writeFileSync(join(folder, "a.yaml"), "new\n");
  assert.equal(await fileAt("HEAD", "a.yaml", folder), "old\n");
  assert.equal(await fileAt("HEAD", "b.yaml", folder), undefined);
  await assert.rejects(fileAt("main~7", "a.yaml", folder), /--base main~7: git knows no such revision/);
});

test("a report of a stack without any price, and amounts as people write them", () => {
  const style = { width: 100, verbose: false };
  const queue = resource("aws:sqs/queue:Queue", {}, { name: "files" });
  const alone = estimate([resource("pulumi:providers:aws", { region: "sa-east-1" }), queue]);
  assert.match(
    estimateReport("x", alone, style).join("\n"),
    /\n {2}files: aws:sqs\/queue:Queue: nobody has said what it costs/,
  );
  assert.deepEqual([0.004, 9.994, 10.4, 1234.5, -0.001, -12].map(dollars), [
    "0.00",
    "9.99",
    "10",
    "1,235",
    "0.00",
    "-12",
  ]);
  assert.deepEqual(rounded({ a: [0.1 + 0.2], b: "x" }), { a: [0.3], b: "x" });
  const change = compare(onGoogle(), onAmazon());
  const text = changeReport(["a", "b"], change, { ...style, verbose: true }).join("\n");
  assert.match(text, /^total {5,}73 {2}73 {8}0\.00$/m);
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { type CiStack, ciStack, touchedStacks } from "../../../cli/ci/touched";
import { stacks as committed } from "../../../engine/stack/target";
import { repository } from "../../support/plan";

const stacks: readonly CiStack[] = [
  { stack: "dev", cloud: "none", production: false, sources: ["apps/panel", "apps/chat"] },
  { stack: "dev-eu", cloud: "gcp", production: false, sources: [] },
  { stack: "prod", cloud: "gcp", production: true, sources: ["apps/panel"] },
];
const of = (...files: string[]) => touchedStacks(files, stacks).stacks;

test("a stack's file touches that stack, to the letter", () => {
  assert.deepEqual(of("Pulumi.dev.yaml"), ["dev"]);
  assert.deepEqual(of("Pulumi.dev-eu.yaml"), ["dev-eu"]);
  assert.deepEqual(of("Pulumi.gone.yaml"), []);
  assert.deepEqual(of("docs/Pulumi.dev.yaml"), []);
});

test("the program and what it is made of touch every stack", () => {
  for (const file of [
    "index.ts",
    "Pulumi.yaml",
    "package-lock.json",
    "components/naming.ts",
    "components/loader.cjs",
  ]) {
    assert.deepEqual(of(file), ["dev", "dev-eu", "prod"], file);
  }
  assert.deepEqual(of("review/policies/rules.ts"), ["dev", "dev-eu", "prod"]);
  assert.deepEqual(of("review/policyPack/index.ts"), ["dev", "dev-eu", "prod"]);
  assert.deepEqual(of("something-new/file"), ["dev", "dev-eu", "prod"], "what nobody thought of");
});

test("an app's source touches the stacks that build it, its tests and description none", () => {
  assert.deepEqual(of("apps/panel/src/main.js"), ["dev", "prod"]);
  assert.deepEqual(of("apps/chat/Dockerfile"), ["dev"]);
  assert.deepEqual(of("apps/panel/test/web.test.js", "apps/panel/README.md"), []);
});

test("documents, tests, pipelines, the local target and the tools touch none", () => {
  for (const file of [
    "README.md",
    "docs/x.png",
    "test/a.test.ts",
    ".github/workflows/ci.yml",
    ".ci/run",
    "cli/commands/up/up.ts",
  ]) {
    assert.deepEqual(of(file), [], file);
  }
  assert.deepEqual(of("review/comment/render.ts", "biome.json", "LICENSE"), []);
  assert.deepEqual(of(), []);
});

test("each stack is told with the first file that touches it", () => {
  const { why } = touchedStacks(["README.md", "Pulumi.prod.yaml", "index.ts"], stacks);
  assert.deepEqual(why, { prod: "Pulumi.prod.yaml", dev: "index.ts", "dev-eu": "index.ts" });
});

test("more files never touch fewer stacks", () => {
  const file = fc.constantFrom("index.ts", "README.md", "Pulumi.dev.yaml", "apps/chat/a.ex", "docs/a.md", "x");
  fc.assert(
    fc.property(fc.array(file), fc.array(file), (some, more) => {
      const all = of(...some, ...more);
      assert.ok(of(...some).every((stack) => all.includes(stack)));
    }),
  );
});

test("the committed stacks are read as they are", () => {
  const read = committed()
    .sort()
    .map((stack) => ciStack(stack, readFileSync(join(repository, `Pulumi.${stack}.yaml`), "utf8")));
  assert.deepEqual(
    read.map(({ stack, cloud, production }) => ({ stack, cloud, production })),
    [
      { stack: "dev", cloud: "none", production: false },
      { stack: "prod", cloud: "gcp", production: true },
      { stack: "prod-eks", cloud: "aws", production: true },
    ],
  );
  for (const { sources, stack } of read) assert.deepEqual([...sources].sort(), ["apps/chat", "apps/panel"], stack);
});

test("an empty file is a stack of nothing", () => {
  assert.deepEqual(ciStack("x", ""), { stack: "x", cloud: "none", production: false, sources: [] });
});

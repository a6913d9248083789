import assert from "node:assert/strict";
import { test } from "node:test";
import { type Access, exitCodes } from "../../../cli/core/command";
import { isProduction } from "../../../cli/core/production";
import { readTarget, stacks } from "../../../engine/stack/target";
import { call, fake, type Scene, stackOf } from "./support/fake";

test("production is told by protection, stage or name; what nobody can read counts as production", () => {
  const cases: [string, object, boolean][] = [
    ["team", {}, false],
    ["team", { stage: "dev", protect: false }, false],
    ["team", { stage: "reproduction" }, false],
    ["team", { protect: true }, true],
    ["team", { protect: "true" }, true],
    ["team", { stage: "prod" }, true],
    ["team", { stage: "Production-eu" }, true],
    ["prod-eks", { stage: "blue" }, true],
    ["team", { secure: "v1:abc" }, true],
  ];
  for (const [stack, operations, expected] of cases) {
    assert.equal(isProduction(stackOf(stack, operations)), expected, `${stack} ${JSON.stringify(operations)}`);
  }
  const committed = stacks()
    .sort()
    .map((stack) => [stack, isProduction(readTarget(stack))]);
  assert.deepEqual(Object.fromEntries(committed), { dev: false, prod: true, "prod-eks": true });
});

const flag = "--production";

/** Whether a call is let through: stack, access, what is said, and the exit code. */
const gate: readonly (readonly [stack: string, access: Access, words: string, scene: Scene, code: number])[] = [
  // Nobody can answer.
  ["dev", "none", "", {}, 0],
  ["dev", "read", "", {}, 0],
  ["dev", "write", "", {}, 0],
  ["prod", "none", "", {}, 0],
  ["prod", "read", "", {}, 4],
  ["prod", "write", "", {}, 4],
  ["prod", "write", "--yes", {}, 4],
  ["prod", "read", `${flag} prod`, {}, 0],
  ["prod", "write", `${flag} prod`, {}, 0],
  ["prod", "write", `${flag}=prod`, {}, 0],
  ["prod", "read", `${flag} prod-eks`, {}, 4],
  ["prod", "write", `${flag} dev --yes`, {}, 4],
  ["dev", "read", `${flag} prod`, {}, 4],
  ["prod", "read", "", { env: { SWITCHBOARD_PRODUCTION: "prod" } }, 0],
  ["prod", "write", "", { env: { SWITCHBOARD_PRODUCTION: "prod" } }, 0],
  ["prod", "write", "", { env: { SWITCHBOARD_PRODUCTION: "prod-eks" } }, 4],
  ["prod", "write", "", { env: { SWITCHBOARD_PRODUCTION: "1" } }, 4],
  ["prod", "write", "", { env: { SWITCHBOARD_PRODUCTION: "" } }, 4],
  ["dev", "write", "", { env: { SWITCHBOARD_PRODUCTION: "prod" } }, 0],
  // A flag that names another stack is not made right by the environment.
  ["prod", "write", `${flag} dev`, { env: { SWITCHBOARD_PRODUCTION: "prod" } }, 4],
  // Somebody is at a terminal.
  ["prod", "read", "", { answers: ["yes"] }, 0],
  ["prod", "read", "", { answers: ["y"] }, 4],
  ["prod", "read", "", { answers: [""] }, 4],
  ["prod", "write", "", { answers: ["prod"] }, 0],
  ["prod", "write", "", { answers: ["yes"] }, 4],
  ["prod", "write", "--yes", { answers: ["yes"] }, 4],
  ["prod", "write", "", { answers: ["PROD"] }, 4],
  ["prod", "write", "", { answers: ["\x03"] }, 130],
  ["prod", "read", "", { answers: ["\x04"] }, 4],
  ["prod", "read", `${flag} dev`, { answers: ["yes"] }, 4],
  ["prod", "read", "", { answers: [], env: { SWITCHBOARD_PRODUCTION: "prod" } }, 0],
  ["dev", "write", "", { answers: [] }, 0],
];

test("the gate before production: nothing is reached without a clear yes", async () => {
  for (const [stack, access, words, scene, expected] of gate) {
    const about = JSON.stringify({ stack, access, words, scene });
    let reached = false;
    const spec = fake({
      access,
      run: async () => {
        reached = true;
        return exitCodes.ok;
      },
    });
    const line = `look ${stack} ${words}`.trim();
    const { code, stderr } = await call([spec], line, scene);
    assert.equal(code, expected, `${about}: ${stderr}`);
    assert.equal(reached, expected === 0, about);
    if (expected === 4) assert.match(stderr, /--production|--stack NAME/, about);
    if (expected === 0 || scene.answers) continue;
    const json = JSON.parse((await call([spec], `${line} --json`, scene)).stdout);
    assert.match(json.error.todo, /--production prod|--stack NAME/);
  }
});

test("what a call reaches may hang on its options", async () => {
  const spec = fake({
    access: "write",
    options: [{ flags: "--dry-run", description: "only look" }],
    accessOf: ({ options, rest }) => (options.dryRun ? "none" : rest.includes("ls") ? "read" : "write"),
  });
  assert.equal((await call([spec], "look prod --dry-run")).code, 0);
  assert.equal((await call([spec], "look prod")).code, 4);
  assert.match((await call([spec], "look prod -- ls")).stderr, /look needs a clear yes to look at it/);
});

test("confirm: --yes or an answer; for production only where it is asked for, and then --production is not enough", async () => {
  const asking = (always: boolean) =>
    fake({
      access: "write",
      run: async ({ confirm }) => {
        await confirm("This deletes it.", { always });
        return exitCodes.ok;
      },
    });
  const cases: [boolean, string, Scene, number][] = [
    [false, "look dev", {}, 4],
    [false, "look dev --yes", {}, 0],
    [false, "look dev", { answers: ["yes"] }, 0],
    [false, "look dev", { answers: ["no"] }, 4],
    [false, "look dev", { answers: ["\x03"] }, 130],
    [false, "look prod --production prod", {}, 0],
    [true, "look prod --production prod", {}, 4],
    [true, "look prod --production prod --yes", {}, 0],
    [true, "look prod --production prod", { answers: ["yes"] }, 0],
    [true, "look prod", { answers: ["prod", "yes"] }, 0],
    [true, "look prod", { answers: ["prod", "no"] }, 4],
  ];
  for (const [always, words, scene, expected] of cases) {
    const { code, stderr } = await call([asking(always)], words, scene);
    assert.equal(code, expected, `${always} ${words} ${JSON.stringify(scene)}: ${stderr}`);
  }
});

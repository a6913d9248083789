import assert from "node:assert/strict";
import { test } from "node:test";
import { type CommandSpec, exitCodes, type Invocation } from "../../../cli/core/command";
import { UsageError } from "../../../cli/core/failure";
import { NotConfirmed, UserError } from "../../../lib/userError";
import { call, fake } from "./support/fake";

/** A command that keeps what it was called with. */
function keeping(spec: Partial<CommandSpec> = {}) {
  const seen: Invocation[] = [];
  const command = fake({
    ...spec,
    run: async (invocation) => {
      seen.push(invocation);
      return exitCodes.ok;
    },
  });
  return { command, seen };
}

test("what a command returns or throws is its exit code, in words and as JSON", async () => {
  const cases: [CommandSpec["run"], number, RegExp, object | undefined][] = [
    [async () => exitCodes.ok, 0, /^$/, undefined],
    [async () => exitCodes.no, 3, /^$/, { message: "look ended with exit code 3", todo: "switchboard look --help" }],
    [async () => 42 as never, 42, /^$/, { message: "look ended with exit code 42", todo: "switchboard look --help" }],
    [
      () => Promise.reject(new UserError("no nodes", "start them", "/tmp/log")),
      1,
      /^no nodes\n {2}what to do: start them\n {2}log: \/tmp\/log\n$/,
      { message: "no nodes", todo: "start them", log: "/tmp/log" },
    ],
    [
      () => Promise.reject(new UsageError("two of them", "give one")),
      2,
      /^two of them/,
      { message: "two of them", todo: "give one" },
    ],
    [
      () => Promise.reject(new NotConfirmed("nothing was done", "say yes")),
      4,
      /^nothing was done/,
      { message: "nothing was done", todo: "say yes" },
    ],
    [
      () => Promise.reject(new TypeError("x is not a function")),
      1,
      /^TypeError: x is not a function\n {4}at /,
      { message: "x is not a function", todo: "this is a defect: report it with what stderr says" },
    ],
    [
      () => Promise.reject(Object.assign(new Error("1 setting is wrong"), { name: "SettingsError" })),
      1,
      /^1 setting is wrong\n$/,
      { message: "1 setting is wrong", todo: "correct the stack's file (docs/settings.md)" },
    ],
    [
      () => Promise.reject(Object.assign(new Error("ENOSPC"), { code: "ENOSPC", path: "/x" })),
      1,
      /^the disk is full: \/x could not be written/,
      {
        message: "ENOSPC",
        todo: "free some space (df shows where), then run this again: it continues where this stopped, and nothing is lost",
      },
    ],
  ];
  for (const [run, code, stderr, error] of cases) {
    const plain = await call([fake({ run })], "look");
    assert.equal(plain.code, code);
    assert.match(plain.stderr, stderr);
    assert.equal(plain.stdout, "");
    const json = await call([fake({ run })], "look --json");
    assert.equal(json.code, code);
    assert.deepEqual(JSON.parse(json.stdout), error ? { error } : {});
  }
});

test("results go to stdout and everything else to stderr", async () => {
  const run: CommandSpec["run"] = async ({ io }) => {
    await io.step("asking", async (report) => report("somebody"));
    io.note("by the way");
    io.result({ a: [1] }, () => ["a is 1"]);
    return exitCodes.ok;
  };
  const plain = await call([fake({ run })], "look");
  assert.equal(plain.stdout, "a is 1\n");
  assert.match(plain.stderr, /0:00 {2}asking: somebody\n✓ asking \(0\.0 s\)\nby the way\n/);
  const json = await call([fake({ run })], "look --json");
  assert.deepEqual(JSON.parse(json.stdout), { a: [1] });
  const quiet = await call([fake({ run })], "look -q");
  assert.equal(quiet.stdout, "a is 1\n");
  assert.equal(quiet.stderr, "");
});

test("--json is one document also where a command fails after its result, or says why in a note only", async () => {
  const late = fake({
    run: async ({ io }) => {
      io.result({ a: 1 }, () => ["a"]);
      throw new UserError("lost it", "try again");
    },
  });
  assert.deepEqual(JSON.parse((await call([late], "look --json")).stdout), {
    error: { message: "lost it", todo: "try again" },
  });
  const noted = fake({
    run: async ({ io }) => {
      io.note("give one of the two");
      return exitCodes.usage;
    },
  });
  assert.deepEqual(JSON.parse((await call([noted], "look --json")).stdout), {
    error: { message: "give one of the two", todo: "switchboard look --help" },
  });
});

test("a stream is text, or one JSON document a line with its error as the last one", async () => {
  const run: CommandSpec["run"] = async ({ io }) => {
    io.line({ n: 1 }, "one");
    io.line({ n: 2 }, "two");
    throw new UserError("the pod has gone", "look at it");
  };
  const plain = await call([fake({ run })], "look");
  assert.equal(plain.stdout, "one\ntwo\n");
  const { stdout } = await call([fake({ run })], "look --json");
  assert.deepEqual(
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
    [{ n: 1 }, { n: 2 }, { error: { message: "the pod has gone", todo: "look at it" } }],
  );
});

test("a wrong command line is exit code 2, with a suggestion and where to read on", async () => {
  const spec = fake({
    arguments: [{ name: "<tier>", description: "which", choices: ["panel", "chat"] }],
    options: [
      { flags: "--follow", description: "go on" },
      {
        flags: "--since <duration>",
        description: "from when",
        parse: (text) => {
          if (!/^\d+m$/.test(text)) throw new Error("allowed: minutes, as 5m");
          return Number.parseInt(text, 10);
        },
      },
      { flags: "--format <format>", description: "how", choices: ["text", "table"] },
    ],
  });
  const cases: [string, RegExp][] = [
    ["", /^ {2}look {2}look at something$[\s\S]*^no command was given\n {2}what to do: name one of these/m],
    ["lok panel", /^unknown command 'lok' \(Did you mean look\?\)\n {2}what to do: switchboard --help/],
    [
      "look panel --folow",
      /^unknown option '--folow' \(Did you mean --follow\?\)\n {2}what to do: switchboard look --help/,
    ],
    ["look", /missing required argument 'tier'/],
    ["look database", /^'database' is invalid for argument 'tier'\. Allowed: panel, chat\./],
    ["look panel chat", /too many arguments/],
    ["look panel --since", /option '--since <duration>' argument missing/],
    ["look panel --since 5h", /'5h' is invalid\. allowed: minutes, as 5m/],
    ["look panel --format xml", /'xml' is invalid\. Allowed: text, table\./],
    ["look panel --yes", /unknown option '--yes'/],
  ];
  for (const [words, message] of cases) {
    const { code, stderr, stdout } = await call([spec], words);
    assert.equal(code, 2, words);
    assert.match(stderr, message);
    assert.equal(stdout, "");
    const json = await call([spec], `${words} --json`.trim());
    assert.equal(json.code, 2);
    assert.equal(typeof JSON.parse(json.stdout).error.todo, "string");
  }
});

test("arguments, options, defaults and what follows -- reach the command", async () => {
  const { command, seen } = keeping({
    arguments: [
      { name: "<tier>", description: "which", choices: ["panel", "chat"] },
      { name: "[more...]", description: "others" },
    ],
    options: [
      { flags: "--since <minutes>", description: "from when", default: "5", parse: Number },
      { flags: "--env <pair>", description: "variable", repeatable: true },
      { flags: "--no-wait", description: "do not wait" },
      { flags: "--dry-run", description: "only look" },
    ],
  });
  await call([command], "look chat a b --env X=1 --env Y=2 --dry-run -s other -- sh -c --json");
  assert.deepEqual(seen[0]!.arguments, { tier: "chat", more: ["a", "b"] });
  assert.deepEqual(seen[0]!.rest, ["sh", "-c", "--json"]);
  assert.equal(seen[0]!.io.json, false, "--json after -- is another program's");
  const { since, env, wait, dryRun } = seen[0]!.options;
  assert.deepEqual({ since, env, wait, dryRun }, { since: 5, env: ["X=1", "Y=2"], wait: true, dryRun: true });
  assert.equal(seen[0]!.target.stack, "other");
});

test("the stack: argument, option before or after the command, environment, dev", async () => {
  const { command, seen } = keeping();
  const stackOf = async (words: string, env = {}) => {
    const { code, stderr } = await call([command], words, { env });
    assert.equal(code, 0, stderr);
    return seen.at(-1)!.target.stack;
  };
  assert.equal(await stackOf("look"), "dev");
  assert.equal(await stackOf("look", { SWITCHBOARD_STACK: "team" }), "team");
  assert.equal(await stackOf("look other", { SWITCHBOARD_STACK: "team" }), "other");
  assert.equal(await stackOf("look -s other"), "other");
  assert.equal(await stackOf("--stack other look"), "other");
  assert.equal(await stackOf("--stack other look other"), "other");
  assert.equal((await call([command], "look a -s b")).code, 2);
  const none = keeping({ stack: "none" });
  assert.equal((await call([none.command], "look", { env: { SWITCHBOARD_STACK: "prod" } })).code, 0);
  assert.throws(() => none.seen[0]!.target, /takes no stack/);
  assert.equal((await call([none.command], "-s dev look")).code, 2);
});

test("help: the overview by group, a command with examples and exit codes; also as JSON", async () => {
  const specs = [fake({}), fake({ name: "touch", summary: "change something", access: "write" })];
  for (const words of ["--help", "-h", "help"]) {
    const { code, stdout } = await call(specs, words);
    assert.equal(code, 0);
    assert.match(stdout, /^See\n {2}look {3}look at something\n {2}touch {2}change something$/m);
    assert.match(stdout, /^ {2}4 {4}there was no clear yes/m);
  }
  for (const words of ["look --help", "help look", "look -h"]) {
    const { stdout } = await call(specs, words);
    assert.match(stdout, /^Usage: switchboard look \[options\] \[stack\]/);
    assert.match(stdout, /^Examples:\n {2}switchboard look\n {6}looks$/m);
    assert.match(stdout, /--production <stack>/);
    assert.doesNotMatch(stdout, /--yes/, "nothing is changed");
  }
  assert.match((await call(specs, "touch --help")).stdout, /-y, --yes/);
  assert.match(JSON.parse((await call(specs, "look --help --json")).stdout).help, /^Usage: /);
  assert.equal((await call(specs, "--version")).stdout, "1.2.3\n");
  assert.deepEqual(JSON.parse((await call(specs, "--version --json")).stdout), { version: "1.2.3" });
});

test("colours: asked for by FORCE_COLOR, refused by NO_COLOR and --no-color wherever it stands", async () => {
  const run: CommandSpec["run"] = async ({ io }) => {
    io.result({}, () => [String(io.style.colours)]);
    return exitCodes.ok;
  };
  const coloured = async (words: string, env: NodeJS.ProcessEnv) =>
    (await call([fake({ run })], words, { env })).stdout;
  assert.equal(await coloured("look", {}), "false\n");
  assert.equal(await coloured("look", { FORCE_COLOR: "1" }), "true\n");
  assert.equal(await coloured("look", { FORCE_COLOR: "1", NO_COLOR: "1" }), "false\n");
  assert.equal(await coloured("look --no-color", { FORCE_COLOR: "1" }), "false\n");
  assert.equal(await coloured("--no-color look", { FORCE_COLOR: "1" }), "false\n");
});

test("Ctrl-C: the command ends in order, and the exit code is 130 whatever it returns", async () => {
  const orderly = async () => exitCodes.ok;
  for (const end of [orderly, () => Promise.reject(new Error("aborted half-way"))]) {
    const controller = new AbortController();
    const ended: string[] = [];
    const spec = fake({
      run: async ({ io }) => {
        controller.abort(new UserError("interrupted", "run it again"));
        assert.equal(io.signal.aborted, true);
        ended.push("cleaned up");
        return end();
      },
    });
    const { code, stderr, stdout } = await call([spec], "look --json", { interrupts: () => controller });
    assert.equal(code, 130);
    const error = { message: "interrupted", todo: "run it again" };
    assert.deepEqual(JSON.parse(stdout), end === orderly ? {} : { error });
    assert.deepEqual(ended, ["cleaned up"]);
    assert.doesNotMatch(stderr, /aborted half-way/);
  }
});

test("a reader who has gone ends the command in order, with exit code 0", async () => {
  const controller = new AbortController();
  const ended: string[] = [];
  const spec = fake({
    run: async ({ io }) => {
      io.line({}, "one");
      if (!io.signal.aborted) await new Promise((resolve) => io.signal.addEventListener("abort", resolve));
      ended.push("cleaned up");
      throw new Error("cut off");
    },
  });
  const { code, stderr } = await call([spec], "look", {
    interrupts: () => controller,
    stdout: (stdout) => {
      stdout.once("data", () => stdout.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" })));
    },
  });
  assert.equal(code, 0);
  assert.deepEqual(ended, ["cleaned up"]);
  assert.equal(stderr, "");
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { answerOf, complete } from "../../../cli/core/complete";
import { completionScript, shells } from "../../../cli/core/completionScripts";
import { repository } from "../../support/plan";
import { catalogOf, fake } from "./support/fake";

const folder = mkdtempSync(join(tmpdir(), "completion-test-"));
after(() => rmSync(folder, { recursive: true }));

const catalog = catalogOf(
  fake({
    name: "logs",
    summary: "show logs",
    arguments: [{ name: "[tiers...]", description: "which", choices: ["panel", "chat"] }],
    options: [
      { flags: "-f, --follow", description: "go on" },
      { flags: "--format <format>", description: "how", choices: ["text", "table"] },
      { flags: "--env <pair>", description: "variable", repeatable: true },
      { flags: "--out <file>", description: "where to" },
    ],
  }),
  fake({ name: "look", summary: "look at a stack", stackFiles: true }),
  fake({ name: "pulumi", summary: "run it", arguments: [{ name: "[words...]", description: "" }], passThrough: true }),
);
const stacks = () => ["dev", "prod", "prod-eks"];
const at = async (line: string) => {
  const { candidates, files } = await complete(line.split(" "), catalog, stacks);
  return [...candidates.map(({ value }) => value), ...(files ? ["(files)"] : [])].join(" ");
};

test("what is offered at the cursor", async () => {
  const common = "--stack --production --json --quiet --no-color --help";
  const cases: [line: string, offered: string][] = [
    ["", "logs look pulumi"],
    ["lo", "logs look"],
    ["x", ""],
    ["help l", "logs look"],
    ["--st", "--stack"],
    ["--stack p", "prod prod-eks"],
    ["-s dev l", "logs look"],
    ["logs ", "panel chat"],
    ["logs panel c", "chat"],
    ["logs panel chat p", "panel"],
    ["logs --f", "--follow --format"],
    ["logs -", `--follow --format --env --out ${common}`],
    ["logs --follow --f", "--format"],
    ["logs -f --f", "--format"],
    ["logs --env X=1 --e", "--env"],
    ["logs --format ", "text table"],
    ["logs --format=ta", "--format=table"],
    ["logs --format text p", "panel"],
    ["logs --out x", "(files)"],
    ["logs --env ", ""],
    ["logs --stack=pr", "--stack=prod --stack=prod-eks"],
    ["logs --production ", "dev prod prod-eks"],
    ["logs panel -- x", "(files)"],
    ["look ", "dev prod prod-eks (files)"],
    ["look d", "dev (files)"],
    ["look dev ", ""],
    ["pulumi d", "dev"],
    ["pulumi dev stack --s", ""],
    ["nonsense ", ""],
  ];
  for (const [line, offered] of cases) assert.equal(await at(line), offered, line);
});

test("a command that cannot be loaded offers nothing, and others are not loaded", async () => {
  const broken = {
    name: "broken",
    group: "Observe",
    summary: "",
    load: () => Promise.reject(new Error("no such file")),
  };
  const { candidates } = await complete(["logs", "p"], [...catalog, broken], stacks);
  assert.deepEqual(candidates, [{ value: "panel", description: "" }]);
  await assert.rejects(complete(["broken", ""], [broken], stacks));
});

test("the answer is one candidate a line, a description on one line, and last whether files are wanted", () => {
  const candidates = [{ value: "a", description: "one\n two" }];
  assert.equal(answerOf({ candidates, files: false }), "a\tone two\n:\n");
  assert.equal(answerOf({ candidates: [], files: true }), ":files\n");
});

const bin = "cli/bin/switchboard.cjs";

/** Runs lines in a shell that has the completion, which is sourced twice as by two start files. */
function inShell(program: string, args: readonly string[], lines: string) {
  const result = spawnSync(program, [...args], { cwd: repository, encoding: "utf8", input: lines });
  assert.equal(result.stderr, "");
  return result.stdout.trim().split("\n");
}

test("bash completes: commands, choices, stacks, --option=value, files", () => {
  const script = completionScript("bash", process.execPath, bin);
  const offered = inShell(
    "bash",
    ["--norc", "--noprofile", "-s"],
    `${script}\n${script}
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _switchboard; echo "\${COMPREPLY[*]}"; }
try switchboard d
try switchboard console ""
try switchboard status --stack = prod-
try switchboard diagram --format = s
try switchboard preview ./READ
try switchboard nonsense ""
complete -p switchboard
switchboard --version`,
  );
  assert.deepEqual(offered.slice(0, 6), [
    "doctor diagram down drift",
    "panel chat",
    "prod-eks",
    "svg",
    "./README.md",
    "",
  ]);
  assert.equal(offered[6], "complete -F _switchboard switchboard");
  assert.match(offered[7]!, /^\d+\.\d+\.\d+$/, "where there is no command of that name the script brings one");
});

test("paths with quotes and blanks survive in every shell's text", () => {
  const odd = "/a b/it's/node";
  assert.match(completionScript("bash", odd, odd), /'\/a b\/it'\\''s\/node' '\/a b\/it'\\''s\/node' "\$@"/);
  assert.match(completionScript("zsh", odd, odd), /'\/a b\/it'\\''s\/node' '\/a b\/it'\\''s\/node' "\$@"/);
  assert.match(completionScript("fish", odd, odd), /'\/a b\/it\\'s\/node' '\/a b\/it\\'s\/node' \$argv/);
  assert.match(completionScript("powershell", odd, odd), /& '\/a b\/it''s\/node' '\/a b\/it''s\/node' complete/);
});

test("every shell's text is in one piece", () => {
  for (const shell of shells) {
    const script = completionScript(shell, "/usr/bin/node", "/repo/bin.cjs");
    assert.doesNotMatch(script, /undefined|\$\{(node|script)/);
    for (const [open, close] of ["{}", "()", "[]"].map((pair) => [...pair] as [string, string])) {
      // A branch of `case` closes what nothing has opened.
      const text = script.replace(/^\s*(:files|:|\*|'\*')\) ?/gm, "").replace(/^ *#.*$/gm, "");
      const count = (mark: string) => text.split(mark).length - 1;
      assert.equal(count(open), count(close), `${shell}: ${open} and ${close}`);
    }
  }
  // Where one of the others is installed it says for itself; bash is everywhere that the tests run.
  for (const shell of ["bash", "zsh", "fish"] as const) {
    const file = join(folder, `completion.${shell}`);
    writeFileSync(file, completionScript(shell, "node", "x"));
    const { stderr, error } = spawnSync(shell, ["-n", file], { encoding: "utf8" });
    if (shell === "bash") assert.equal(error, undefined);
    if (!error) assert.equal(stderr, "", shell);
  }
});

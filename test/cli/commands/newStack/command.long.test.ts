import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parse } from "yaml";
import { repository } from "../../../support/plan";
import { layerKey } from "../../../support/project";

const made: string[] = [];
after(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "new-stack-"));
  made.push(folder);
  return folder;
}

const command = ["cli/bin/switchboard.cjs", "new-stack"];
const local = [
  ...[
    "--name",
    "team",
    "--example",
    "panel-and-chat",
    "--where",
    "local",
    "--host",
    "panel.localhost",
    "--chat-host",
    "chat.localhost",
  ],
  ...["--admin", "a@panel.localhost", "--certificate", "selfSigned"],
];

test("the command: written with flags and --yes; refused without --yes, where nobody can say yes", () => {
  const folder = emptyFolder();
  const run = (...more: string[]) =>
    spawnSync(process.execPath, [...command, ...local, "--folder", folder, ...more], {
      ...{ cwd: repository, encoding: "utf8", input: "" },
    });
  const refused = run();
  assert.equal(refused.status, 4);
  assert.match(refused.stderr, /there is no terminal on which you could confirm this[\s\S]*give --yes/);
  assert.deepEqual(readdirSync(folder), []);
  const written = run("--yes");
  assert.equal(written.status, 0, written.stderr);
  assert.match(written.stdout, /Pulumi\.team\.yaml is written\. Next:/);
  assert.ok(existsSync(join(folder, "Pulumi.team.yaml")));
  assert.equal(run("--nonsense").status, 2);
});

/** The command on a terminal of its own; each answer is typed when its question is there. */
function onTerminal(
  folder: string,
  script: readonly (readonly [RegExp, string])[],
): Promise<{ code: number; text: string }> {
  const words = [process.execPath, ...command, "--folder", folder].join(" ");
  const env = { ...process.env, TERM: "xterm", COLUMNS: "100" };
  const child = spawn("script", ["--quiet", "--flush", "--return", "--command", words, "/dev/null"], {
    cwd: repository,
    env,
  });
  let text = "";
  let unread = "";
  const left = [...script];
  child.stdout.on("data", (data: Buffer) => {
    text += data;
    unread += data;
    const [next] = left;
    if (!next?.[0].test(unread)) return;
    left.shift();
    unread = "";
    child.stdin.write(next[1]);
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code: code ?? -1, text })));
}

const enter = "\r";

test("on a terminal: questions, a refused answer, the file", async () => {
  const folder = emptyFolder();
  const { code, text } = await onTerminal(folder, [
    [/Name of the stack/, `Team${enter}`],
    [/is not a valid name/, `${"\x7f".repeat(4)}team${enter}`],
    [/Which of examples/, `\x1b[B${enter}`],
    [/Where does it run/, enter],
    [/Namespace/, enter],
    [/Host name/, enter],
    [/Host name of chat/, enter],
    [/E-mail/, enter],
    [/Certificate/, enter],
    [/Write it/, enter],
  ]);
  assert.equal(code, 0, text);
  const { config } = { config: parse(readFileSync(join(folder, "Pulumi.team.yaml"), "utf8")).config };
  assert.equal(config[layerKey("cluster")].namespace, "switchboard-team");
  assert.equal(config[layerKey("edge")].certificate.kind, "selfSigned");
});

test("Ctrl-C at a question: nothing is written, exit code 130", async () => {
  const folder = emptyFolder();
  const { code, text } = await onTerminal(folder, [
    [/Name of the stack/, `team${enter}`],
    [/Which of examples/, "\x03"],
  ]);
  assert.equal(code, 130, text);
  assert.match(text, /interrupted[\s\S]*nothing was changed/);
  assert.deepEqual(readdirSync(folder), []);
});

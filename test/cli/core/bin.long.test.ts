import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { repository } from "../../support/plan";

const machine = mkdtempSync(join(tmpdir(), "switchboard-bin-"));
after(() => rmSync(machine, { recursive: true, force: true, maxRetries: 3 }));

const bin = join(repository, "cli/bin/switchboard.cjs");
const env = { PATH: process.env.PATH, HOME: machine, TMPDIR: machine, SWITCHBOARD_CACHE: join(machine, "cache") };

function switchboard(...words: string[]) {
  return spawnSync(process.execPath, [bin, ...words], { cwd: machine, encoding: "utf8", env, input: "" });
}

test("the command answers from any folder, with the exit codes of its documentation", () => {
  const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  assert.equal(switchboard("--version").stdout, `${version}\n`);
  const help = switchboard("--help");
  assert.equal(help.status, 0);
  assert.match(help.stdout, /^Plan$/m);
  assert.equal(help.stderr, "");
  const wrong = switchboard("satus");
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /Did you mean status\?/);
  const nosuch = switchboard("status", "nosuch", "--json");
  assert.equal(nosuch.status, 1);
  assert.match(JSON.parse(nosuch.stdout).error.message, /there is no stack nosuch/);
  const production = switchboard("logs", "--stack", "prod", "--json");
  assert.equal(production.status, 4);
  assert.equal(production.stdout.trim().split("\n").length, 1);
  assert.match(JSON.parse(production.stdout).error.todo, /--production prod/);
  assert.equal(existsSync(join(machine, "cache")), false, "nothing was made");
});

test("help loads no command and nothing of Pulumi", () => {
  const program = `
    const loaded = () => Object.keys(require.cache).filter((file) => /cli.commands.(?!index)|@pulumi|[\\\\/]yaml[\\\\/]|execa/.test(file));
    process.on("exit", () => process.stderr.write(loaded().join("\\n")));
    process.argv.splice(1, 0, ${JSON.stringify(bin)});
    require(${JSON.stringify(bin)});`;
  const { stderr, stdout } = spawnSync(process.execPath, ["-e", program, "--", "--help"], { encoding: "utf8", env });
  assert.match(stdout, /^Usage: switchboard/m);
  assert.equal(stderr, "");
});

test("a checkout without its libraries, and a Node.js that is too old, are told in a sentence", () => {
  const bare = join(machine, "bare");
  cpSync(dirname(bin), join(bare, "cli/bin"), { recursive: true });
  const run = (...first: string[]) =>
    spawnSync(process.execPath, [...first, join(bare, "cli/bin/switchboard.cjs"), "status"], { encoding: "utf8", env });
  const { status, stderr } = run();
  assert.equal(status, 1);
  assert.match(stderr, /^the libraries of \S+ are not installed\n {2}what to do: npm ci\n$/);
  const old = join(machine, "old.cjs");
  writeFileSync(old, 'Object.defineProperty(process, "versions", { value: { node: "18.20.1" } });');
  assert.match(
    run("--require", old).stderr,
    /^Node\.js 18\.20\.1 is too old\n {2}what to do: install 20\.19 or newer\n$/,
  );
});

test("a reader that leaves (| head) is no error, and no stack is shown", () => {
  const line = `${process.execPath} ${bin} preview prod --json | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", line], { cwd: machine, encoding: "utf8", env });
  assert.match(stdout, /^\{.*\n0\n$/);
  assert.doesNotMatch(stderr, /EPIPE|\n {4}at /);
});

test("Ctrl-C ends what was started, takes temporary folders away, and is exit code 130", async () => {
  const folder = join(machine, "interrupted");
  mkdirSync(folder);
  const pulumi = join(folder, "pulumi");
  writeFileSync(
    pulumi,
    `#!/bin/sh
case "$1" in
  preview) echo $$ > "${folder}/pid"; trap 'echo ended > "${folder}/ended"; exit 1' INT; while :; do sleep 0.1; done ;;
  stack) echo "encryptionsalt: v1:salt" > "Pulumi.$3.yaml" ;;
esac
`,
  );
  chmodSync(pulumi, 0o755);
  const own = { ...env, TMPDIR: folder, PATH: `${folder}:/usr/bin:/bin` };
  const child = spawn(process.execPath, [bin, "preview", "dev"], { cwd: machine, env: own });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => {
    stdout += data;
  });
  child.stderr.on("data", (data: Buffer) => {
    stderr += data;
  });
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
  while (!existsSync(join(folder, "pid"))) await sleep(50);
  child.kill("SIGINT");
  assert.equal(await closed, 130, stderr);
  assert.equal(readFileSync(join(folder, "ended"), "utf8"), "ended\n");
  assert.doesNotMatch(stdout, /Confirmed|could not preview/);
  const { stdout: left } = spawnSync("ls", [folder], { encoding: "utf8" });
  assert.deepEqual(left.trim().split("\n").sort(), ["ended", "pid", "pulumi"]);
});

test("up installs the libraries of a new checkout, or says that npm could not", () => {
  const fresh = join(machine, "fresh");
  cpSync(dirname(bin), join(fresh, "cli/bin"), { recursive: true });
  mkdirSync(join(fresh, "components"));
  writeFileSync(join(fresh, "components/loader.cjs"), "");
  writeFileSync(join(fresh, "cli/switchboard.ts"), 'exports.main = (words) => console.log("main", ...words);');
  const npm = join(machine, "npm.cjs");
  const run = (script: string) => {
    writeFileSync(npm, script);
    return spawnSync(process.execPath, [join(fresh, "cli/bin/switchboard.cjs"), "up", "dev"], {
      encoding: "utf8",
      env: { ...env, npm_execpath: npm },
    });
  };
  const failed = run('console.log("no registry"); process.exitCode = 1;');
  assert.deepEqual([failed.status, failed.stdout], [1, ""]);
  assert.match(
    failed.stderr,
    /^no registry\nnpm ci failed\n {2}what to do: mend what npm says above, then run it again$/m,
  );
  const done = run(
    'require("node:fs").mkdirSync("node_modules/sucrase", { recursive: true }); console.log(process.argv[2], process.cwd());',
  );
  assert.deepEqual([done.status, done.stdout], [0, "main up dev\n"]);
  assert.ok(done.stderr.endsWith(`\nci ${realpathSync(fresh)}\n`), done.stderr);
  assert.equal(run("process.exitCode = 1;").stderr, "", "they are there now");
});

test("npx and npm exec find it in the checkout, without a registry; npm run keeps the person's folder", () => {
  const npm = {
    ...process.env,
    npm_config_cache: join(machine, "npm"),
    npm_config_offline: "true",
    INIT_CWD: undefined,
  };
  const call = (cwd: string, program: string, ...words: string[]) =>
    spawnSync(program, words, { cwd: join(repository, cwd), encoding: "utf8", env: npm, input: "" });
  const npx = call("docs", "npx", "switchboard", "cots");
  assert.equal(npx.status, 2, npx.stderr);
  assert.match(npx.stderr, /unknown command 'cots' \(Did you mean cost\?\)/);
  // What an npx that was killed at the wrong moment leaves behind for good.
  const [kept = ""] = readdirSync(join(machine, "npm", "_npx"));
  rmSync(join(machine, "npm", "_npx", kept, "node_modules", ".bin"), { recursive: true });
  assert.equal(call("docs", "npx", "switchboard", "cots").status, 2);
  const exec = call(".", "npm", "exec", "switchboard", "--", "completion", "bash");
  assert.equal(exec.status, 0, exec.stderr);
  assert.match(exec.stdout, /complete -F _switchboard switchboard/);
  const missing = call("docs", "npm", "run", "--silent", "preview", "--", "./Pulumi.none.yaml");
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /docs\/Pulumi\.none\.yaml does not exist/);
});

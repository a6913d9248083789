import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { execa } from "execa";
import type { Engine } from "../../engine";
import { engineVersion } from "../../engine/build";
import type { Downloaded } from "../../engine/download";
import { temporaryFolder } from "../../lib/temporary";
import { FakeInternet } from "../support/fakeInternet";
import { repository } from "../support/plan";

const archive = `pulumi-v${engineVersion}-${process.platform}-${process.arch}.tar.gz`;
const places = {
  archive: `/releases/sdk/${archive}`,
  checksums: `/pulumi/pulumi/releases/download/v${engineVersion}/pulumi-${engineVersion}-checksums.txt`,
};

/** A CLI that can do nothing but install plugins. */
const installs = `#!/bin/sh
mkdir -p "$PULUMI_HOME"
echo "$@" >> "$PULUMI_HOME/calls"
[ "$1 $2 $3" = "plugin install resource" ] || exit 1
mkdir -p "$PULUMI_HOME/plugins/resource-$4-$5"
cp "$0" "$PULUMI_HOME/plugins/resource-$4-$5/pulumi-resource-$4"
`;

/** An archive as the release has it: one folder with the CLI and a program for each language. */
function packed(script = installs, names: readonly string[] = ["pulumi", "pulumi-language-nodejs"]): Buffer {
  const folder = temporaryFolder("packed");
  mkdirSync(join(folder, "pulumi"));
  for (const name of names) writeFileSync(join(folder, "pulumi", name), script, { mode: 0o755 });
  return execFileSync("tar", ["-czf", "-", "-C", folder, "pulumi"]);
}

const release = packed();
const checksumOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const checksums = (bytes: Buffer) =>
  `${"0".repeat(64)}  pulumi-v${engineVersion}-windows-x64.zip\n${checksumOf(bytes)}  ${archive}\n`;
type Answer = (response: ServerResponse) => void;
const right: Record<string, Answer> = {
  // As GitHub does: the file is at another host.
  [places.checksums]: (response) => response.writeHead(302, { location: "https://files.example/checksums" }).end(),
  "/checksums": (response) => response.end(checksums(release)),
  [places.archive]: (response) => response.end(release),
};
let answers = right;
const answer = ({ url = "" }: { url?: string }, response: ServerResponse) => answers[url]!(response);
const internet = new FakeInternet(temporaryFolder("internet"), {
  ...{ "github.com": answer, "files.example": answer, "get.pulumi.com": answer },
});
before(() => internet.start());
after(() => internet.stop());
beforeEach(() => {
  answers = right;
  internet.refuse = undefined;
  internet.requests.length = 0;
});

/** The files of the CLI that its build replaces or leaves out, of a module that has nothing else. */
const changed = [...readFileSync(join(repository, "engine/build.ts"), "utf8").matchAll(/^ {2}\.{3}\[(.*)\],$/gm)]
  .flatMap(([, names]) => [...names!.matchAll(/"(\w+)"/g)].map(([, name]) => name!))
  .concat("api");

/** A machine without a `pulumi`; its Go has the modules and writes a program that says so, or fails. */
function machine(go = 'while [ "$1" != -o ]; do shift; done; echo "#!/bin/sh" > "$2"; chmod +x "$2"') {
  const home = temporaryFolder("machine");
  const cache = join(home, "cache");
  mkdirSync(join(home, "bin"));
  const module = join(home, "module/cmd/pulumi/cloud");
  mkdirSync(module, { recursive: true });
  for (const name of changed) writeFileSync(join(module, `${name}.go`), "package cloud");
  writeFileSync(
    join(home, "bin/go"),
    `#!/bin/sh
if [ "$1" = env ]; then echo go1.99.0; echo local; exit; fi
if [ "$1 $2" = "mod download" ]; then echo '{"Dir": "${home}/module"}'; exit; fi
if [ "$1 $2" = "mod edit" ]; then exit; fi
${go}
`,
    {
      mode: 0o755,
    },
  );
  const run = async <T>(call: string, more: NodeJS.ProcessEnv = {}): Promise<T> => {
    const script = `const said = [];
      const report = (line) => said.push(line);
      const { downloadEngine } = require("./engine/download");
      const { ensureCli } = require("./engine/cli");
      const { findEngine } = require("./engine");
      (${call}).catch((error) => ({ refusal: error.render?.() ?? error.stack }))
        .then((found) => process.stdout.write(JSON.stringify({ ...found, said })));`;
    const env = { HOME: home, PATH: `${home}/bin:/usr/bin:/bin`, SWITCHBOARD_CACHE: cache, ...internet.env, ...more };
    const args = ["--require", "./components/loader.cjs", "-e", script];
    const { stdout } = await execa(process.execPath, args, { cwd: repository, extendEnv: false, env });
    return JSON.parse(stdout);
  };
  const download = (more?: NodeJS.ProcessEnv) => run<Downloaded>("downloadEngine(report)", more);
  const problem = async (more?: NodeJS.ProcessEnv) => {
    const found = await download(more);
    assert.ok("problem" in found, JSON.stringify(found));
    // Nothing of it is left where the next run would find it, or lie around.
    const kept = join(cache, "cli");
    assert.deepEqual(existsSync(kept) ? readdirSync(kept) : [], []);
    return found.problem;
  };
  return { home, cache, run, download, problem };
}

test("the official CLI is downloaded once, and brings its language host and installs the official plugins", async () => {
  const { cache, run } = machine();
  const chosen = { SWITCHBOARD_KUBERNETES_PROVIDER: "official" };
  const engine = await run<Engine>("findEngine({ report })", chosen);
  const folder = join(cache, `cli/v${engineVersion}`);
  assert.equal(engine.executable, join(folder, "pulumi"));
  assert.deepEqual([engine.origin, engine.plugins, engine.kubernetes], ["downloaded", "official", "official"]);
  assert.equal(engine.note, `downloaded Pulumi CLI ${engineVersion}, official plugins`);
  assert.equal(engine.env.PATH!.split(":")[0], folder);
  assert.equal(engine.env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, undefined);
  assert.deepEqual(readdirSync(join(cache, "cli")), [`v${engineVersion}`]);
  const home = engine.env.PULUMI_HOME!;
  assert.equal(home, join(cache, "pulumi-home"), "a person who has no Pulumi gets none in their home");
  assert.match(readFileSync(join(home, "calls"), "utf8"), /^plugin install resource kubernetes v\d/m);
  assert.deepEqual(internet.requests, [
    `github.com ${places.checksums}`,
    "files.example /checksums",
    `get.pulumi.com ${places.archive}`,
  ]);

  const again = await run<Engine>("findEngine({ report })");
  assert.deepEqual([again.executable, again.plugins], [engine.executable, "official"]);
  assert.equal(internet.requests.length, 3, "nobody is asked again");
  const installed = readFileSync(join(home, "calls"), "utf8");
  assert.equal(
    installed.match(/install/g)?.length,
    ["kubernetes", "random", "tls"].length,
    "nor is a plugin installed again",
  );
});

test("where a plugin cannot be had, the one of this repository stands in beside the downloaded CLI", async () => {
  const failing = machine();
  answers = { ...right };
  const bytes = packed("#!/bin/sh\nexit 1\n");
  answers["/checksums"] = (response) => response.end(checksums(bytes));
  answers[places.archive] = (response) => response.end(bytes);
  const engine = await failing.run<Engine>("findEngine({ report })");
  assert.deepEqual([engine.origin, engine.plugins], ["downloaded", "local"]);
  assert.match(
    engine.note,
    /local stand-ins, because the official plugins are not installed: kubernetes, random, tls$/,
  );
  assert.equal(engine.env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, "true");
});

test("an archive that is cut off, or another one than the release says, is not unpacked", async () => {
  const { problem } = machine();
  answers = { ...right, [places.archive]: (response) => response.end(release.subarray(0, release.length - 10)) };
  assert.match(
    await problem(),
    new RegExp(`^${archive} has the SHA-256 \\w{64}; its release says ${checksumOf(release)}$`),
  );
  answers[places.archive] = (response) => {
    response.writeHead(200, { "content-length": String(release.length) });
    response.write(release.subarray(0, 100), () => setImmediate(() => response.destroy()));
  };
  assert.equal(await problem(), "aborted");
  answers[places.archive] = (response) => response.end("<html>Please log in</html>");
  assert.match(await problem(), /has the SHA-256/);
  answers = { ...right, "/checksums": (response) => response.end("<html>Please log in</html>") };
  assert.equal(await problem(), `the checksums of release ${engineVersion} do not name ${archive}`);
});

test("an archive without the programs that are needed is not taken", async () => {
  const { problem } = machine();
  const bytes = packed(installs, ["pulumi"]);
  answers = { ...right, "/checksums": (response) => response.end(checksums(bytes)) };
  answers[places.archive] = (response) => response.end(bytes);
  assert.equal(await problem(), "the archive has no pulumi-language-nodejs");
});

test("a release that is not there, and a proxy that refuses with a page, are no download", async () => {
  const { problem } = machine();
  answers = { ...right, [places.archive]: (response) => response.writeHead(404).end("<html>") };
  assert.equal(await problem(), "get.pulumi.com answered 404");
  answers = { ...right, [places.checksums]: (response) => response.writeHead(404).end("<html>") };
  assert.equal(await problem(), "github.com answered 404");
  internet.refuse = (socket) => socket.end("HTTP/1.1 403 Forbidden\r\ncontent-type: text/html\r\n\r\n<html>no</html>");
  assert.match(await problem(), /^the proxy 127\.0\.0\.1:\d+ answered 403$/);
});

test("a person can forbid the download; then nobody is asked", async () => {
  const { problem } = machine();
  const asked = internet.asked.length;
  assert.equal(await problem({ SWITCHBOARD_DOWNLOAD_CLI: "false" }), "SWITCHBOARD_DOWNLOAD_CLI forbids it");
  assert.equal(internet.asked.length, asked);
});

test("a run that was killed leaves nothing that counts, and the next one clears it away", async () => {
  const { cache, download } = machine();
  const dead = execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }).trim();
  for (const folder of [`cli/.v${engineVersion}.${dead}/pulumi`, `cli/v${engineVersion}`])
    mkdirSync(join(cache, folder), { recursive: true });
  writeFileSync(join(cache, `cli/v${engineVersion}/pulumi-language-nodejs`), "");
  const running = join(cache, `cli/.v${engineVersion}.${process.pid}`);
  mkdirSync(running);
  const found = await download();
  assert.deepEqual("executable" in found && found.executable, join(cache, `cli/v${engineVersion}/pulumi`));
  assert.deepEqual(readdirSync(join(cache, "cli")).sort(), [`.v${engineVersion}.${process.pid}`, `v${engineVersion}`]);
});

test("two runs at once share what the faster one has made", async () => {
  const { cache, download } = machine();
  const found = await Promise.all([download(), download()]);
  for (const one of found) assert.ok("executable" in one, JSON.stringify(one));
  assert.deepEqual(readdirSync(join(cache, "cli")), [`v${engineVersion}`]);
});

test("where nothing can be downloaded the CLI is built with Go, as the lines say", async () => {
  const { cache, run } = machine();
  internet.refuse = (socket) => socket.destroy();
  const cli = await run<{ executable: string; origin: string; said: string[] }>("ensureCli(report)");
  assert.deepEqual([cli.executable, cli.origin], [join(cache, "bin/pulumi"), "built"]);
  const [asking, refused, building] = cli.said;
  assert.equal(asking, `asking for the Pulumi CLI ${engineVersion}`);
  assert.match(refused!, /^The official CLI was not downloaded: /);
  assert.equal(building, "building pulumi");
  internet.refuse = undefined;
  const asked = internet.asked.length;
  const again = await run<{ origin: string }>("ensureCli(report)");
  assert.equal(again.origin, "built", "what is in the cache is used");
  assert.equal(internet.asked.length, asked, "and nobody is asked");
});

test("where it can be neither downloaded nor built, both are told", async () => {
  const { run } = machine("exit 1");
  const { refusal } = await run<{ refusal: string }>("ensureCli(report)", { SWITCHBOARD_DOWNLOAD_CLI: "false" });
  assert.match(
    refusal,
    /^go build of pulumi failed\. The official CLI was not downloaded: SWITCHBOARD_DOWNLOAD_CLI forbids it\.$/m,
  );
  assert.match(
    refusal,
    /what to do: .*or install the Pulumi CLI yourself \(https:\/\/www\.pulumi\.com\/docs\/install\/\)/,
  );
});

test("an interruption ends it, and builds nothing", async () => {
  const { cache, run } = machine();
  answers = {
    ...right,
    [places.archive]: (response) => {
      response.writeHead(200, { "content-length": String(release.length) });
      response.write(release.subarray(0, 100));
    },
  };
  const call = `(() => { const ends = new AbortController();
    return ensureCli((line) => line.startsWith("downloading") && ends.abort(new Error("interrupted")), ends.signal); })()`;
  const { refusal } = await run<{ refusal: string }>(call);
  assert.match(refusal, /^Error: interrupted/);
  assert.deepEqual(readdirSync(join(cache, "cli")), []);
  assert.equal(existsSync(join(cache, "bin/pulumi")), false);
});

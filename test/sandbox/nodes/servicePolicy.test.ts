import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { temporaryFolder } from "../../../lib/temporary";
import { removeStalePolicy, ServicePolicy } from "../../../sandbox/nodes/servicePolicy";
import { repository } from "../../support/plan";

const folder = temporaryFolder("policy");
after(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "policy-rc.d");

/** What Debian is told: 101 is no, 0 is yes. */
const answer = () => spawnSync(path, ["containerd", "start"]).status;

/** A process that keeps services from starting, as `up` does while apt-get runs; `apt` is the pid of what it started. */
async function installer(apt?: number): Promise<ChildProcess> {
  const script = `const { ServicePolicy } = require("./sandbox/nodes/servicePolicy");
    const policy = new ServicePolicy(${JSON.stringify(path)});
    policy.include(${apt});
    process.on("SIGTERM", () => process.exit(130));
    console.log("holds");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--require", "./components/loader.cjs", "-e", script], {
    cwd: repository,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout!, "data");
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

test("services are kept from starting while packages are installed, and no longer", () => {
  const policy = new ServicePolicy(path);
  assert.equal(answer(), 101);
  policy.include(process.pid);
  assert.equal(answer(), 101);
  policy.lift();
  assert.equal(existsSync(path), false);
});

test("an installation that is told to end takes its policy away", async () => {
  const child = await installer();
  assert.equal(answer(), 101);
  await end(child, "SIGTERM");
  assert.equal(existsSync(path), false);
});

test("what a killed one leaves forbids nothing, and the next start takes it away", async () => {
  const child = await installer();
  await end(child, "SIGKILL");
  assert.equal(existsSync(path), true);
  assert.equal(answer(), 0);
  removeStalePolicy(path);
  assert.equal(existsSync(path), false);
});

test("while apt-get goes on without what started it, nothing may start, and the file stays", async () => {
  const apt = spawn("sleep", ["1000"]);
  const child = await installer(apt.pid);
  await end(child, "SIGKILL");
  assert.equal(answer(), 101);
  removeStalePolicy(path);
  assert.equal(existsSync(path), true);
  await end(apt, "SIGTERM");
  assert.equal(answer(), 0);
  removeStalePolicy(path);
  assert.equal(existsSync(path), false);
});

test("a machine's own policy stays as it is", () => {
  const own = "#!/bin/sh\nexit 104\n";
  writeFileSync(path, own, { mode: 0o755 });
  const policy = new ServicePolicy(path);
  policy.include(1);
  policy.lift();
  removeStalePolicy(path);
  assert.equal(readFileSync(path, "utf8"), own);
});

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { killedFirstUpGoesOn, killedUp } from "./support/killed";
import { pulumi } from "./support/outputs";
import { eventually, get, kubectl, livePods, namespace, npmRun, startNpm, stateFolder, up } from "./support/system";

test("a destroy that is killed does not keep the next up from bringing everything back", async () => {
  const run = startNpm("pulumi", "dev", "destroy", "--yes", "--skip-preview");
  await eventually("the namespace is going", 120, async () => {
    const { status } = await get("namespace", namespace);
    return status.phase === "Terminating" ? true : undefined;
  });
  process.kill(-run.pid!, "SIGKILL");
  await run;
  const { exitCode, output } = await up();
  assert.equal(exitCode, 0, output);
  assert.match(output, /dev is up/);
  assert.equal((await livePods("panel", "web")).length, 2);
});

test("nodes whose folder is gone are made anew, whatever a run that was killed has left", async () => {
  await killedUp();
  assert.equal((await npmRun("down")).exitCode, 0);
  rmSync(join(stateFolder, "cluster"), { recursive: true });
  const { exitCode, output } = await up();
  assert.equal(exitCode, 0, output);
  assert.match(output, /nodes that stack dev was on are gone, with their data: everything is created again/);
  assert.equal((await livePods("panel", "web")).length, 2);
});

test("destroy leaves nothing in the cluster", async () => {
  const { exitCode, output } = await pulumi("destroy", "--yes", "--skip-preview");
  assert.equal(exitCode, 0, output);
  await assert.rejects(kubectl("get", "namespace", "switchboard"), /not found/i);
  await eventually("no volume is left", 60, async () => {
    const { items } = await get("persistentvolumes");
    return items.length === 0 ? true : undefined;
  });
  const kinds = await kubectl(
    "get",
    "all,secrets,configmaps,networkpolicies",
    "--all-namespaces",
    "--selector=app.kubernetes.io/part-of=switchboard",
    "--output=name",
  );
  assert.equal(kinds.trim(), "");
});

test(
  "a first up that is killed while it waits goes on, even on a provider that refuses what exists",
  killedFirstUpGoesOn,
);

test("down leaves no process, namespace, mount, link, firewall rule or file, and nothing in the state", async () => {
  await killedUp();
  const { exitCode } = await npmRun("down", ["--delete-data", "--yes"]);
  assert.equal(exitCode, 0);
  assert.doesNotMatch((await pulumi("stack", "export")).output, /kubernetes:/);
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .filter((line) => /switchboard/.test(line));
  assert.deepEqual(mounts, []);
  assert.deepEqual(
    (await execa("ip", ["netns", "list"])).stdout.split("\n").filter((line) => /switchboard|^sb/.test(line)),
    [],
  );
  assert.deepEqual(
    (await execa("ip", ["-oneline", "link"])).stdout.split("\n").filter((line) => /: (sb|switchboard)/.test(line)),
    [],
  );
  const rules = (await execa("iptables-save", { reject: false })).stdout ?? "";
  assert.doesNotMatch(rules, /KUBE-|switchboard/);
  assert.ok(!existsSync("/run/switchboard"));
  assert.deepEqual(processesOf(/kube-apiserver|kubelet|containerd-shim|etcd.*switchboard|sandbox\/nodes/), []);
  assert.ok(!existsSync(`${stateFolder}/cluster`) || readdirSync(`${stateFolder}/cluster`).length === 0);
});

/** Command lines of running processes that fit, but for those of other tests (`support/apiServer`), which run beside this. */
function processesOf(pattern: RegExp): string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return pattern.test(line) && !/test\/sandbox\/|switchboard-api-/.test(line) ? [line] : [];
      } catch {
        return [];
      }
    });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { availableMemory, type Machine, verdicts } from "../../../sandbox/nodes/preflight";

const gib = 1024 ** 3;
const good: Machine = {
  platform: "linux",
  userId: 0,
  nodeVersion: "20.19.0",
  freeDisk: 20 * gib,
  freeMemory: 8 * gib,
  controllers: ["cpu", "cpuset", "memory", "pids"],
  takenPorts: [],
  missingPackages: [],
  hasApt: true,
};
const texts = (machine: Machine) => verdicts(machine).map(({ what, todo }) => `${what}: ${todo}`);

test("a machine that has everything is not refused", () => {
  assert.deepEqual(verdicts(good), []);
  assert.deepEqual(verdicts({ ...good, nodeVersion: "24.1.0", missingPackages: ["runc"] }), []);
});

test("each thing that is missing is named with its value and what to do", () => {
  const cases: [Partial<Machine>, RegExp][] = [
    [{ platform: "darwin" }, /need Linux, and this is darwin: use a Linux machine, or name a cluster/],
    [{ userId: 1000 }, /need root, and this is user 1000: run it with sudo/],
    [{ nodeVersion: "20.18.3" }, /Node\.js 20\.18\.3 is too old: install Node\.js 20\.19\.0/],
    [{ freeDisk: 9.5 * gib }, /has 9\.5 GiB free, and 10\.0 GiB are needed: free some space/],
    [{ freeMemory: 1.25 * gib }, /1\.3 GiB of memory are available, and 4\.0 GiB are needed/],
    [{ controllers: ["cpu", "memory"] }, /not available under \/sys\/fs\/cgroup: cpuset, pids: mount them/],
    [{ controllers: undefined }, /no control groups are mounted/],
    [
      { takenPorts: [{ port: 8443, setting: "edge.httpsPort", holder: "nginx (process 42)" }] },
      /port 8443 of 127\.0\.0\.1 is taken by nginx \(process 42\): end that process, or choose another port: edge\.httpsPort/,
    ],
    [{ missingPackages: ["runc"], hasApt: false }, /no apt-get to install them: runc/],
  ];
  for (const [change, expected] of cases) {
    const found = texts({ ...good, ...change });
    assert.equal(found.length, 1, JSON.stringify(change));
    assert.match(found[0]!, expected);
  }
});

test("everything is said at once", () => {
  assert.equal(verdicts({ ...good, userId: 1, freeDisk: 0, freeMemory: 0, controllers: [] }).length, 4);
});

test("on another system only that is said", () => {
  assert.equal(verdicts({ ...good, platform: "win32", userId: 1, freeDisk: 0, controllers: undefined }).length, 1);
});

test("available memory is read from meminfo", () => {
  assert.equal(availableMemory("MemTotal: 100 kB\nMemAvailable:   2048 kB\n"), 2 * 1024 ** 2);
  assert.equal(availableMemory(""), 0);
});

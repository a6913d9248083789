import assert from "node:assert/strict";
import { test } from "node:test";
import { socketsOf, workerConnections } from "../../components/edge/connections";
import { nginxConf } from "../../components/edge/nginxConf";
import { parse } from "../settings/stack";
import { sampleArgs } from "./confSample";

const mebi = 2 ** 20;

test("connections fit the memory of the pod, and files fit the connections", () => {
  for (const memory of [32, 48, 64, 128, 512, 4096]) {
    const memoryBytes = memory * mebi;
    const conf = nginxConf(sampleArgs({ memoryBytes }));
    const connections = Number(/worker_connections (\d+);/.exec(conf)?.[1]);
    const files = Number(/worker_rlimit_nofile (\d+);/.exec(conf)?.[1]);
    const processes = Number(/worker_processes (\d+);/.exec(conf)?.[1]);
    assert.deepEqual({ processes, connections }, workerConnections(memoryBytes));
    assert.equal(processes === 1, memory <= 128);
    assert.ok(connections * processes * 24 * 1024 <= memoryBytes - 20 * mebi, `${memory}Mi`);
    assert.ok(files >= 2 * connections);
  }
});

test("the default of sockets leaves room for others in a pod of the default size, and what does not is told", () => {
  const { limits, resources } = parse().edge;
  assert.equal(resources.limits.memory, "64Mi");
  assert.ok(limits.socketsPerAddress <= 0.6 * socketsOf(64 * mebi), String(socketsOf(64 * mebi)));
  const warned = (memory: string, socketsPerAddress: number) =>
    parse((raw) =>
      Object.assign(raw.edge, { resources: { cpu: "25m", memory }, limits: { socketsPerAddress } }),
    ).warnings.filter((warning) => warning.startsWith("edge.limits.socketsPerAddress"));
  assert.deepEqual(warned("48Mi", 500), []);
  assert.deepEqual(warned("64Mi", 1000), [
    "edge.limits.socketsPerAddress: 1000 is all that a pod of the proxy carries with 64Mi (938 sockets), so one address can keep everybody else out; use less, or more memory (edge.resources)",
  ]);
  assert.deepEqual(warned("128Mi", 1000), []);
});

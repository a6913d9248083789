import assert from "node:assert/strict";
import { test } from "node:test";
import { socketsOf, workerConnections } from "../../../components/ingress/capacity";
import { nginxConf } from "../../../components/ingress/nginxConf";
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
    const headerBytes = Number(/large_client_header_buffers 2 (\d+)k;/.exec(conf)?.[1]) * 1024;
    assert.deepEqual({ processes, connections }, workerConnections(memoryBytes, headerBytes));
    const each = 2 * headerBytes + 40 * 1024;
    assert.equal(processes === 1, memoryBytes - 20 * mebi <= 8192 * each);
    assert.ok(connections === 128 || connections * processes * each <= memoryBytes - 20 * mebi, `${memory}Mi`);
    assert.ok(files >= 2 * connections);
  }
});

test("the default of sockets leaves room for others in a pod of the default size, and what does not is told", () => {
  const { limits, resources } = parse().edge;
  assert.equal(resources.limits.memory, "192Mi");
  const carried = socketsOf(192 * mebi, 16 * 1024);
  assert.ok(limits.socketsPerAddress <= 0.6 * carried, String(carried));
  const warned = (memory: string, socketsPerAddress: number) =>
    parse((raw) =>
      Object.assign(raw.edge, { resources: { cpu: "25m", memory }, limits: { socketsPerAddress } }),
    ).warnings.filter((warning) => warning.startsWith("edge.limits.socketsPerAddress"));
  assert.deepEqual(warned("96Mi", 500), []);
  assert.deepEqual(warned("128Mi", 800), [
    "edge.limits.socketsPerAddress: 800 is as much as a pod of the proxy carries with 128Mi (768 sockets). So one address can keep everybody else out; use less, or more memory (edge.resources)",
  ]);
  assert.deepEqual(warned("192Mi", 800), []);
});

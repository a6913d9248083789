import assert from "node:assert/strict";
import { test } from "node:test";
import { planOfShop, podOf } from "./shop";

test("requests wait for the port of a process that a program looks after, and nothing waits where there is none", async () => {
  const probe = { kind: "command", command: ["shop", "alive"] };
  const made = await planOfShop((app) => {
    app.processes.web!.probe = probe;
    app.processes.worker!.probe = probe;
  });
  const [web, worker] = ["web", "worker"].map((process) => podOf(made, process).containers[0]);
  for (const { startupProbe, livenessProbe } of [web, worker])
    for (const asked of [startupProbe, livenessProbe]) assert.deepEqual(asked.exec.command, probe.command);
  const { name } = web.ports.find(({ containerPort }: { containerPort: number }) => containerPort === 3000);
  assert.deepEqual(web.readinessProbe.tcpSocket, { port: name });
  assert.equal(worker.readinessProbe, undefined);
});

test("a pod that starts is asked at the path for it, where there is one", async () => {
  const probe = { kind: "http", ready: "/ready", live: "/live" };
  const made = await planOfShop((app) => {
    app.processes.web!.probe = { ...probe, started: "/started" };
    app.processes.worker = { port: 3001, probe };
  });
  const asked = (process: string) => {
    const { startupProbe, readinessProbe, livenessProbe } = podOf(made, process).containers[0];
    return [startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet.path);
  };
  assert.deepEqual(asked("web"), ["/started", "/ready", "/live"]);
  assert.deepEqual(asked("worker"), ["/ready", "/ready", "/live"]);
});

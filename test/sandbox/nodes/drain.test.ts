import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiObject } from "../../../sandbox/nodes/api";
import { type RunningPod, runningPods, stopOrder } from "../../../sandbox/nodes/drain";

const pod = (name: string, namespace: string, hasVolume = false): RunningPod => ({
  name,
  namespace,
  hasVolume,
  uid: name,
  grace: 30,
});

test("pods that hold data stop after those that use it, and the cluster's own stop last", () => {
  const waves = stopOrder([
    pod("coredns", "kube-system"),
    pod("postgres-0", "switchboard", true),
    pod("panel", "switchboard"),
    pod("chat", "switchboard"),
  ]);
  assert.deepEqual(
    waves.map((wave) => wave.map(({ name }) => name)),
    [["panel", "chat"], ["postgres-0"], ["coredns"]],
  );
  assert.deepEqual(stopOrder([]), []);
});

test("pods that have ended or were never placed have nothing to stop", () => {
  const object = (
    name: string,
    phase: string,
    spec: object,
    ownerReferences = [{ kind: "ReplicaSet" }],
  ): ApiObject => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "a", uid: `uid-${name}`, ownerReferences },
    spec,
    status: { phase },
  });
  const found = runningPods([
    object("done", "Succeeded", { nodeName: "node-1" }),
    object("broken", "Failed", { nodeName: "node-1" }),
    object("pending", "Pending", {}),
    object("nobody-makes-it-anew", "Running", { nodeName: "node-1" }, []),
    object("database", "Running", {
      nodeName: "node-1",
      terminationGracePeriodSeconds: 90,
      volumes: [{ persistentVolumeClaim: { claimName: "data" } }],
    }),
  ]);
  assert.deepEqual(found, [{ namespace: "a", name: "database", uid: "uid-database", grace: 90, hasVolume: true }]);
});

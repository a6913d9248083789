import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../../../../engine/providers/kubernetes/client";
import {
  containersInTrouble,
  podProblems,
  type Related,
  verdictOn,
} from "../../../../engine/providers/kubernetes/verdicts";

const object = (kind: string, spec: object, status: object, metadata = {}): KubeObject =>
  ({ kind, metadata: { name: "x", generation: 2, ...metadata }, spec, status }) as KubeObject;
const says = (subject: KubeObject, related?: Related) => {
  const { state, message } = verdictOn(subject, related);
  return message ? `${state}: ${message}` : state;
};

test("a Deployment is ready when all its pods are of the new version and available, and no old one is left", () => {
  const of = (status: object, spec = {}) =>
    says(object("Deployment", { replicas: 3, ...spec }, { observedGeneration: 2, ...status }));
  assert.equal(of({ observedGeneration: 1 }), "waiting: its controller has not seen the change yet");
  assert.equal(says(object("Deployment", {}, {})), "waiting: its controller has not seen it yet");
  assert.equal(of({ updatedReplicas: 1, replicas: 4 }), "waiting: 1 of 3 pods are of the new version");
  assert.equal(of({ updatedReplicas: 3, replicas: 4, availableReplicas: 4 }), "waiting: 1 old pods are still to end");
  assert.equal(of({ updatedReplicas: 3, replicas: 3, availableReplicas: 2 }), "waiting: 2 of 3 pods are available");
  assert.equal(of({ updatedReplicas: 3, replicas: 3, availableReplicas: 3 }), "ready");
  assert.equal(of({}, { replicas: 0 }), "ready");
  assert.equal(of({}, { paused: true }), "ready");
});

test("a StatefulSet is ready when its revision has reached every pod above its partition", () => {
  const of = (status: object, spec = {}) =>
    says(object("StatefulSet", { replicas: 2, ...spec }, { observedGeneration: 2, replicas: 2, ...status }));
  assert.equal(of({ readyReplicas: 1 }), "waiting: 1 of 2 pods are ready");
  const rolling = { readyReplicas: 2, updatedReplicas: 1, currentRevision: "a", updateRevision: "b" };
  assert.equal(of(rolling), "waiting: 1 of 2 pods are of the new version");
  assert.equal(of(rolling, { updateStrategy: { rollingUpdate: { partition: 1 } } }), "ready");
  assert.equal(of(rolling, { updateStrategy: { type: "OnDelete" } }), "ready");
  assert.equal(of({ ...rolling, updatedReplicas: 2, currentRevision: "b" }), "ready");
  assert.equal(of({ replicas: 3, readyReplicas: 3 }), "waiting: 1 pods are still to end");
});

test("a Job is ready when it is complete and failed when it has failed", () => {
  const of = (status: object, spec = {}) => says(object("Job", spec, status));
  assert.equal(of({ active: 1, failed: 2 }), "waiting: 0 of 1 runs are complete, 2 attempts failed");
  assert.equal(of({ conditions: [{ type: "Complete", status: "True" }] }), "ready");
  const reason = { type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "limit" };
  assert.equal(of({ conditions: [reason] }), "failed: the Job failed: BackoffLimitExceeded: limit");
  assert.equal(of({}, { suspend: true }), "ready");
});

test("a Service needs a ready pod, and a load balancer an address", () => {
  const of = (spec: object, slices: object[] = [], status = {}) =>
    says(object("Service", spec, status), { endpointSlices: slices as KubeObject[] });
  const selector = { app: "x" };
  const slice = (ready: boolean) => ({ endpoints: [{ conditions: { ready } }] });
  assert.equal(of({ selector }), "waiting: no pod that it selects is ready");
  assert.equal(of({ selector }, [slice(false)]), "waiting: no pod that it selects is ready");
  assert.equal(of({ selector }, [slice(false), slice(true)]), "ready");
  assert.equal(of({ selector, clusterIP: "None" }), "ready");
  assert.equal(of({}), "ready");
  assert.equal(of({ type: "ExternalName", selector }), "ready");
  assert.equal(of({ type: "LoadBalancer" }), "waiting: the load balancer has no address yet");
  assert.equal(of({ type: "LoadBalancer" }, [], { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } }), "ready");
});

test("a claim waits for its volume, unless its class binds it to the first pod", () => {
  const of = (phase: string, mode?: string) =>
    says(object("PersistentVolumeClaim", {}, { phase }), {
      storageClass: mode ? { volumeBindingMode: mode } : undefined,
    });
  assert.equal(of("Pending", "Immediate"), "waiting: it is Pending, not Bound");
  assert.equal(of("Pending", "WaitForFirstConsumer"), "ready");
  assert.equal(of("Bound"), "ready");
  assert.equal(of("Lost"), "failed: its volume is lost");
});

test("the rest: pods, DaemonSets, namespaces, definitions, and kinds that are ready when they exist", () => {
  assert.equal(says(object("Pod", {}, { phase: "Pending" })), "waiting: the pod is not ready (Pending)");
  assert.equal(says(object("Pod", {}, { phase: "Running", conditions: [{ type: "Ready", status: "True" }] })), "ready");
  assert.equal(says(object("Pod", {}, { phase: "Failed", reason: "Evicted" })), "failed: Evicted");
  assert.equal(
    says(
      object(
        "DaemonSet",
        {},
        { observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 },
      ),
    ),
    "waiting: 1 of 2 pods are available",
  );
  assert.equal(says(object("Namespace", {}, { phase: "Terminating" })), "waiting: it is Terminating, not Active");
  assert.equal(says(object("CustomResourceDefinition", {}, {})), "waiting: it is not established yet");
  assert.equal(says(object("ConfigMap", {}, {})), "ready");
});

test("a pod's problems are what a person would look for with kubectl describe", () => {
  const pod = (status: object) => object("Pod", {}, status);
  const terminated = { exitCode: 3, reason: "Error" };
  const waiting = { reason: "CrashLoopBackOff", message: "back-off 10s" };
  const crashing = pod({ containerStatuses: [{ name: "c", state: { waiting }, lastState: { terminated } }] });
  assert.deepEqual(podProblems(crashing), [
    "container c: CrashLoopBackOff: back-off 10s (last time it ended with exit code 3)",
  ]);
  assert.deepEqual(containersInTrouble(crashing), [{ name: "c", previous: true }]);
  const pulling = pod({
    initContainerStatuses: [
      { name: "i", state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } } },
    ],
  });
  assert.deepEqual(podProblems(pulling), ["container i: ImagePullBackOff: no such image"]);
  assert.deepEqual(containersInTrouble(pulling), []);
  const killed = pod({
    containerStatuses: [{ name: "c", state: { terminated: { exitCode: 137, reason: "OOMKilled" } } }],
  });
  assert.deepEqual(podProblems(killed), ["container c ended with exit code 137 (OOMKilled)"]);
  assert.deepEqual(containersInTrouble(killed), [{ name: "c", previous: false }]);
  const homeless = pod({
    conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes" }],
  });
  assert.deepEqual(podProblems(homeless), ["Unschedulable: 0/1 nodes"]);
  const starting = pod({ containerStatuses: [{ name: "c", state: { waiting: { reason: "ContainerCreating" } } }] });
  assert.deepEqual(podProblems(starting), []);
});

test("a ResourceQuota is ready when its controller counts by what is asked for", () => {
  const hard = { pods: "10", "limits.cpu": "4" };
  assert.match(says(object("ResourceQuota", { hard }, {})), /^waiting: its controller has not counted yet/);
  assert.match(says(object("ResourceQuota", { hard }, { hard: { ...hard, pods: "9" } })), /^waiting/);
  assert.equal(says(object("ResourceQuota", { hard }, { hard: { "limits.cpu": "4", pods: "10" } })), "ready");
});

test("an object of a kind of somebody else is ready when the condition that it asks for is there", () => {
  const of = (status: object, waitFor?: string) =>
    says(object("Cluster", {}, status, { annotations: waitFor ? { "pulumi.com/waitFor": waitFor } : {} }));
  const ready = (status: string) => ({ conditions: [{ type: "Ready", status, message: "Cluster Is Not Ready" }] });
  assert.equal(of({}), "ready");
  assert.equal(of({}, "condition=Ready"), "waiting: its condition Ready is not there yet");
  assert.equal(
    of(ready("False"), "condition=Ready"),
    "waiting: its condition Ready is not there yet: Cluster Is Not Ready",
  );
  assert.equal(of(ready("True"), "condition=Ready"), "ready");
});

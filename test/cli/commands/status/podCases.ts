import { minutesAgo, pod, workload } from "./builders";
import { type Case, ended, put, remove, removePods, waiting } from "./world";

/** What may be wrong with the pods of a tier. */
export const podCases: readonly Case[] = [
  ["everything is as it should be", () => {}, "dev is healthy"],
  [
    "a tier is scaled to nothing by hand",
    (world) => {
      put(
        world,
        workload("panel", { spec: { replicas: 0 }, status: { replicas: 0, readyReplicas: 0, updatedReplicas: 0 } }),
      );
      removePods(world, "panel");
    },
    "dev is NOT healthy: panel 0 of 2 ready (it is scaled to 0; the stack says 2)",
  ],
  [
    "a tier has fewer replicas than the stack says",
    (world) => {
      put(
        world,
        workload("panel", { spec: { replicas: 1 }, status: { replicas: 1, readyReplicas: 1, updatedReplicas: 1 } }),
      );
      remove(world, "Pod", "panel-1");
    },
    "dev is NOT healthy: panel has 1 replica; the stack says 2",
  ],
  [
    "a tier has more replicas: that works",
    (world) =>
      put(
        world,
        workload("workers", { spec: { replicas: 3 }, status: { replicas: 3, readyReplicas: 3, updatedReplicas: 3 } }),
      ),
    "dev is healthy, with one thing to look at",
    ["warning workers has 3 replicas; the stack says 1"],
  ],
  [
    "another image was set by hand",
    (world) => put(world, workload("chat", { spec: { template: { spec: { containers: [{ image: "chat:v0" }] } } } })),
    "dev is healthy, with one thing to look at",
    ["warning chat is told to run v0; the stack says v1"],
  ],
  [
    "a Deployment was deleted",
    (world) => remove(world, "Deployment", "chat"),
    "dev is NOT healthy: chat is missing: the stack has this Deployment, the cluster has not",
  ],
  [
    "a pod crashes again and again, and says why",
    (world) => {
      put(world, workload("workers", { status: { readyReplicas: 0 } }));
      put(
        world,
        pod(
          "workers",
          0,
          waiting("CrashLoopBackOff", {
            restartCount: 4,
            ...ended({ exitCode: 1, message: 'starting\n{"level":"error","message":"no such setting"}\n' }),
          }),
        ),
      );
    },
    "dev is NOT healthy: workers 0 of 1 ready (CrashLoopBackOff: exit code 1, last words: no such setting)",
  ],
  [
    "a pod runs out of memory",
    (world) => {
      put(world, workload("chat", { status: { readyReplicas: 1 } }));
      put(
        world,
        pod(
          "chat",
          1,
          waiting("CrashLoopBackOff", { restartCount: 2, ...ended({ exitCode: 137, reason: "OOMKilled" }) }),
        ),
      );
    },
    "dev is NOT healthy: chat 1 of 2 ready (CrashLoopBackOff: OOMKilled)",
  ],
  [
    "an image does not exist, and the old pods go on",
    (world) => {
      put(
        world,
        workload("panel", { status: { updatedReplicas: 1, replicas: 3 } }),
        pod("panel", 2, waiting("ImagePullBackOff", { image: "panel:nope" })),
      );
    },
    "dev is NOT healthy: panel does not get its new version (ImagePullBackOff: panel:nope cannot be had)",
  ],
  [
    "a rollout took too long",
    (world) => {
      const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
      put(world, workload("panel", { status: { updatedReplicas: 1, replicas: 3, conditions } }));
      put(world, pod("panel", 2, { ready: false }));
    },
    "dev is NOT healthy: panel does not get its new version (starting)",
  ],
  [
    "a rollout goes on",
    (world) => {
      put(world, workload("panel", { status: { updatedReplicas: 1, replicas: 3 } }), pod("panel", 2, { ready: false }));
    },
    "dev is healthy, with one thing to look at",
    ["warning panel is rolling out: 1 of 2 pods have the new version"],
  ],
  [
    "a pod finds no node",
    (world) => {
      put(world, workload("workers", { status: { readyReplicas: 0 } }));
      const conditions = [
        { type: "Ready", status: "False" },
        {
          type: "PodScheduled",
          status: "False",
          reason: "Unschedulable",
          message:
            "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
        },
      ];
      put(world, pod("workers", 0, { ready: false, state: {} }, { status: { phase: "Pending", conditions } }));
    },
    "dev is NOT healthy: workers 0 of 1 ready (Pending: 0/1 nodes are available: 1 Insufficient cpu)",
  ],
  [
    "pods may not be made at all",
    (world) => {
      const conditions = [
        { type: "ReplicaFailure", status: "True", message: 'pods "panel-x" is forbidden: exceeded quota' },
      ];
      put(world, workload("panel", { status: { replicas: 0, readyReplicas: 0, updatedReplicas: 0, conditions } }));
      removePods(world, "panel");
    },
    'dev is NOT healthy: panel 0 of 2 ready (pods "panel-x" is forbidden: exceeded quota)',
  ],
  [
    "pods of a new version may not be made, while the old ones go on",
    (world) => {
      const conditions = [
        { type: "ReplicaFailure", status: "True", message: 'pods "panel-x" is forbidden: exceeded quota' },
      ];
      put(world, workload("panel", { status: { replicas: 2, readyReplicas: 2, updatedReplicas: 0, conditions } }));
    },
    'dev is NOT healthy: panel does not get its new version (pods "panel-x" is forbidden: exceeded quota)',
  ],
  [
    "a pod runs, but its probe fails",
    (world) => {
      put(world, workload("edge", { status: { readyReplicas: 1 } }), pod("edge", 1, { ready: false }));
      put(world, {
        ...{
          kind: "Event",
          metadata: { name: "e" },
          reason: "Unhealthy",
          message: "Readiness probe failed: HTTP probe failed with statuscode: 503",
        },
        ...{ lastTimestamp: minutesAgo(1), involvedObject: { kind: "Pod", name: "edge-1" } },
      });
    },
    "dev is NOT healthy: edge 1 of 2 ready (not ready: Readiness probe failed: HTTP probe failed with statuscode: 503)",
  ],
  [
    "a pod waits in what comes before its container",
    (world) => {
      put(world, workload("edge", { status: { readyReplicas: 1 } }));
      const initContainerStatuses = [{ name: "prepare", ready: false, state: { running: {} } }];
      put(
        world,
        pod(
          "edge",
          1,
          { ready: false, state: { waiting: { reason: "PodInitializing" } } },
          { status: { initContainerStatuses } },
        ),
      );
    },
    "dev is NOT healthy: edge 1 of 2 ready (starting: prepare has not ended yet)",
  ],
];

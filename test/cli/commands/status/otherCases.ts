import { at, job, labelsOf, minutesAgo, node, pod, service, state, workload } from "./builders";
import { address, type Case, ended, put, remove, removePods } from "./world";

/** What may be wrong with everything around the pods. */
export const otherCases: readonly Case[] = [
  [
    "the database is away: it comes first, and what the panel says of it is not said again",
    (world) => {
      put(world, workload("postgres", { status: { readyReplicas: 0 } }));
      removePods(world, "postgres");
      put(
        world,
        workload("panel", { status: { readyReplicas: 0 } }),
        pod("panel", 0, { ready: false }),
        pod("panel", 1, { ready: false }),
      );
      address(world, "panel", {
        status: 503,
        problem: "answers 503 (not ready)",
        dependencies: { postgres: { up: false, reason: "timeout" }, redis: { up: true } },
      });
    },
    "dev is NOT healthy: postgres 0 of 1 ready (no pod has been made); panel 0 of 2 ready (starting); https://panel.localhost:8443 answers 503 (not ready)",
  ],
  [
    "a database of the cloud is not reached",
    (world) => {
      remove(world, "StatefulSet", "postgres");
      removePods(world, "postgres");
      const known = state();
      const expected = known.expected.filter(({ kind, name }) => kind !== "StatefulSet" || name !== "postgres");
      Object.assign(world, {
        state: { ...known, expected, managed: [{ tier: "postgres", what: "Cloud SQL POSTGRES_16", name: "db" }] },
      });
      address(world, "panel", { status: 503, dependencies: { postgres: { up: false, reason: "connect ETIMEDOUT" } } });
    },
    "dev is NOT healthy: postgres is not reached by the panel (connect ETIMEDOUT)",
  ],
  [
    "a Service was deleted",
    (world) => remove(world, "Service", "chat"),
    "dev is NOT healthy: service chat is missing in the cluster",
  ],
  [
    "a Service leads nowhere although pods are ready",
    (world) => put(world, ...service("panel", 0)),
    "dev is NOT healthy: service panel leads to no pod, although some are ready",
  ],
  [
    "a load balancer does not come",
    (world) => {
      const spec = { type: "LoadBalancer", selector: {} };
      put(world, ...service("edge", 2, { spec, status: { loadBalancer: {} } }));
      put(world, {
        ...{
          kind: "Event",
          metadata: { name: "e" },
          reason: "SyncLoadBalancerFailed",
          message: "quota IN_USE_ADDRESSES exceeded",
        },
        ...{ lastTimestamp: minutesAgo(1), involvedObject: { kind: "Service", name: "edge" } },
      });
    },
    "dev is NOT healthy: service edge waits for its load balancer (SyncLoadBalancerFailed: quota IN_USE_ADDRESSES exceeded)",
  ],
  [
    "an address does not answer",
    (world) => address(world, "panel", { status: undefined, problem: "does not answer (connection refused)" }),
    "dev is NOT healthy: https://panel.localhost:8443 does not answer (connection refused)",
  ],
  [
    "jobs have waited for a minute: something to look at",
    (world) => Object.assign(world, { backlogs: [{ workload: "workers", at, waiting: 12, oldestSeconds: 61 }] }),
    "dev is healthy, with one thing to look at",
    ["warning workers are late: 12 jobs to be done, the oldest for 61 s"],
  ],
  [
    "jobs pile up",
    (world) =>
      Object.assign(world, { backlogs: [{ workload: "workers", at, waiting: 4321, oldestSeconds: 7 * 3600 }] }),
    "dev is NOT healthy: workers are late: 4321 jobs to be done, the oldest for 7 h",
  ],
  [
    "jobs are being done",
    (world) => Object.assign(world, { backlogs: [{ workload: "workers", at, waiting: 1, oldestSeconds: 59 }] }),
    "dev is healthy",
    [],
  ],
  [
    "a migration failed",
    (world) => {
      const failed = job("panel", "migration", [
        { type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "too many" },
      ]);
      put(world, failed);
      const message = "Migration 0003_x failed; the ones before it stay applied.\n  42P01: relation does not exist\n";
      const metadata = { ownerReferences: [{ kind: "Job", name: failed.metadata.name }] };
      put(
        world,
        pod(
          "panel-migration",
          0,
          { ready: false, state: { terminated: { exitCode: 1, reason: "Error", message } } },
          { metadata, status: { phase: "Failed" } },
        ),
      );
    },
    "dev is NOT healthy: panel migration failed in panel-migration-1 (exit code 1, last words: Migration 0003_x failed; the ones before it stay applied. 42P01: relation does not exist)",
  ],
  [
    "of several migrations the newest counts",
    (world) => {
      const older = {
        metadata: {
          name: "panel-migration-0",
          creationTimestamp: minutesAgo(900),
          labels: labelsOf("panel", "migration"),
        },
      };
      put(world, job("panel", "migration", [{ type: "Failed", status: "True" }], older));
      put(
        world,
        job("panel", "migration", [{ type: "Complete", status: "True" }], {
          metadata: { creationTimestamp: minutesAgo(5) },
        }),
      );
    },
    "dev is healthy",
  ],
  [
    "a scheduled run failed, another never came, one is suspended",
    (world) => {
      const cron = (name: string, spec: any, status: any) => ({
        ...{
          kind: "CronJob",
          metadata: { name, labels: labelsOf("panel", "schedule-x"), creationTimestamp: minutesAgo(20_000) },
        },
        ...{ spec: { schedule: "17 3 * * *", timeZone: "Etc/UTC", ...spec }, status },
      });
      put(world, cron("panel-cleanup", {}, { lastScheduleTime: "2026-11-21T03:17:00Z" }));
      put(
        world,
        cron("panel-late", {}, { lastScheduleTime: "2026-11-20T03:17:00Z" }),
        cron("panel-off", { suspend: true }, {}),
      );
      const metadata = { name: "panel-cleanup-1", ownerReferences: [{ kind: "CronJob", name: "panel-cleanup" }] };
      put(
        world,
        job(
          "panel",
          "schedule-cleanup",
          [{ type: "Failed", status: "True", message: "Job was active longer than specified deadline" }],
          { metadata },
        ),
      );
    },
    "dev is healthy, with 3 things to look at",
    [
      "warning panel-cleanup failed in its last run (Job was active longer than specified deadline)",
      "warning panel-late has not run at 2026-11-21T03:17:00.000Z",
      "warning panel-off is suspended: it does not run",
    ],
  ],
  [
    "a node is gone, one is cordoned and full",
    (world) => {
      const full = [
        { type: "Ready", status: "True" },
        { type: "DiskPressure", status: "True", message: "kubelet has disk pressure" },
      ];
      const gone = [{ type: "Ready", status: "Unknown", message: "Kubelet stopped posting node status." }];
      Object.assign(world, { nodes: [node("node-1", full, { unschedulable: true }), node("node-2", gone)] });
    },
    "dev is NOT healthy: node node-2 is not ready (Kubelet stopped posting node status.)",
    [
      "degraded node node-2 is not ready (Kubelet stopped posting node status.)",
      "warning node node-1 has DiskPressure (kubelet has disk pressure)",
      "warning node node-1 is cordoned: it takes no new pods",
    ],
  ],
  ["nodes may not be looked at", (world) => Object.assign(world, { nodes: undefined }), "dev is healthy"],
  [
    "a certificate is not trusted",
    (world) =>
      Object.assign(world, {
        certificates: [
          {
            host: "panel.localhost",
            problem: "has expired at 2026-11-01T00:00:00.000Z",
            validTo: "2026-11-01T00:00:00.000Z",
          },
        ],
      }),
    "dev is NOT healthy: certificate of panel.localhost has expired at 2026-11-01T00:00:00.000Z",
  ],
  [
    "a certificate ends soon",
    (world) =>
      Object.assign(world, { certificates: [{ host: "panel.localhost", validTo: "2026-11-28T09:00:00.000Z" }] }),
    "dev is healthy, with one thing to look at",
    ["warning certificate of panel.localhost ends in 7 days"],
  ],
  [
    "a pod was killed a while ago and is well again",
    (world) =>
      put(
        world,
        pod("redis", 0, {
          ready: true,
          restartCount: 3,
          ...ended({ exitCode: 137, reason: "OOMKilled", finishedAt: minutesAgo(10) }),
        }),
      ),
    "dev is healthy, with one thing to look at",
    ["warning redis was restarted 3 times, last 10 min ago (OOMKilled)"],
  ],
  [
    "a restart of yesterday is no news",
    (world) =>
      put(
        world,
        pod("redis", 0, { ready: true, restartCount: 3, ...ended({ exitCode: 1, finishedAt: minutesAgo(1500) }) }),
      ),
    "dev is healthy",
  ],
  [
    "an update runs",
    (world) =>
      Object.assign(world, {
        state: state({ lock: { who: "process 7 of ada on desk", since: minutesAgo(2) }, pending: 3 }),
      }),
    "dev is healthy, with one thing to look at",
    [`warning the stack is being changed by process 7 of ada on desk since ${minutesAgo(2)}`],
  ],
  [
    "an update was cut off, the one before failed",
    (world) =>
      Object.assign(world, {
        state: state({ pending: 1, lastUpdate: { kind: "update", result: "failed", changes: {} } }),
      }),
    "dev is healthy, with 2 things to look at",
    [
      "warning the stack has one unfinished change: an update was cut off",
      "warning the stack had a last update that failed",
    ],
  ],
  [
    "the state cannot be read: what can be said is said",
    (world) => {
      Object.assign(world, { state: { unknown: "no backend is chosen" }, addresses: [], certificates: [] });
      remove(world, "Service", "chat");
    },
    "dev is healthy, with one thing to look at",
    ["warning the stack could not be compared with its state (no backend is chosen)"],
  ],
  [
    "more is wrong than fits one line",
    (world) => {
      for (const name of ["postgres", "redis", "panel", "chat", "edge"])
        remove(world, name === "postgres" || name === "redis" ? "StatefulSet" : "Deployment", name);
    },
    "dev is NOT healthy: postgres is missing: the stack has this StatefulSet, the cluster has not; redis is missing: the stack has this StatefulSet, the cluster has not; panel is missing: the stack has this Deployment, the cluster has not; and 2 more",
  ],
];

import type { Facts, StateFacts } from "../../../../cli/commands/status/facts";
import type { PlatformObject } from "../../../../cli/commands/status/objects";

export const at = "2026-11-21T08:00:00.000Z";
/** So many minutes before the look. */
export const minutesAgo = (minutes: number) => new Date(Date.parse(at) - minutes * 60_000).toISOString();

export const labelsOf = (name: string, component: string, version = "v1") => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/component": component,
  "app.kubernetes.io/part-of": "switchboard",
  "app.kubernetes.io/managed-by": "pulumi",
  "app.kubernetes.io/version": version,
});

const parts = {
  postgres: ["postgres", "server", "StatefulSet", 1],
  redis: ["redis", "server", "StatefulSet", 1],
  panel: ["panel", "web", "Deployment", 2],
  workers: ["panel", "worker", "Deployment", 1],
  chat: ["chat", "socket", "Deployment", 2],
  edge: ["edge", "proxy", "Deployment", 2],
} as const;
export type Part = keyof typeof parts;

export function workload(name: Part, changes: any = {}): any {
  const [label, component, kind, replicas] = parts[name];
  const labels = labelsOf(label, component);
  return {
    kind,
    metadata: { name, labels, generation: 2, ...changes.metadata },
    spec: { replicas, template: { spec: { containers: [{ image: `${name}:v1` }] } }, ...changes.spec },
    status: {
      ...{ observedGeneration: 2, replicas, readyReplicas: replicas, updatedReplicas: replicas, conditions: [] },
      ...(kind === "StatefulSet" && { currentRevision: "a", updateRevision: "a" }),
      ...changes.status,
    },
  };
}

/** A pod of a part; ready unless `container` says what its container is like. */
export function pod(name: Part | string, index: number, container?: any, changes: any = {}): any {
  const [label, component] = parts[name as Part] ?? [name, "migration"];
  const ready = container === undefined || container.ready === true;
  return {
    kind: "Pod",
    metadata: { name: `${name}-${index}`, labels: labelsOf(label, component), ...changes.metadata },
    spec: { nodeName: "node-1" },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
      containerStatuses: [
        { name: component, image: `${name}:v1`, restartCount: 0, state: { running: {} }, ...container },
      ],
      ...changes.status,
    },
  };
}

export function service(name: string, ready: number, changes: any = {}): any[] {
  const [label, component] = parts[name as Part] ?? ["chat", "socket"];
  const endpoints = Array.from({ length: ready }, () => ({ conditions: { ready: true } }));
  return [
    {
      kind: "Service",
      metadata: { name, labels: labelsOf(label, component) },
      spec: { selector: {} },
      status: {},
      ...changes,
    },
    {
      kind: "EndpointSlice",
      metadata: { name: `${name}-x`, labels: { "kubernetes.io/service-name": name } },
      endpoints,
    },
  ];
}

export function job(name: string, component: string, conditions: any[], changes: any = {}): any {
  return {
    kind: "Job",
    metadata: { name: `${name}-${component}-1`, labels: labelsOf(name, component), ...changes.metadata },
    status: { conditions, startTime: minutesAgo(30), ...changes.status },
  };
}

const complete = [{ type: "Complete", status: "True" }];

export function node(name = "node-1", conditions: any[] = [{ type: "Ready", status: "True" }], spec = {}): any {
  return { kind: "Node", metadata: { name }, spec, status: { conditions, nodeInfo: { kubeletVersion: "v1.36.3" } } };
}

/** Everything as it should be; parts are taken away, or put in the place of others. */
export function healthy(): Facts & { objects: PlatformObject[] } {
  const names = Object.keys(parts) as Part[];
  const objects = [
    ...names.map((name) => workload(name)),
    ...names.flatMap((name) => Array.from({ length: parts[name][3] }, (_, index) => pod(name, index))),
    ...["panel", "chat", "edge", "postgres", "redis"].flatMap((name) => service(name, 2)),
    job("panel", "migration", complete),
    job("chat", "migration", complete),
    {
      ...{
        kind: "CronJob",
        metadata: {
          name: "panel-cleanup",
          labels: labelsOf("panel", "schedule-cleanup"),
          creationTimestamp: minutesAgo(20_000),
        },
      },
      ...{
        spec: { schedule: "17 3 * * *", timeZone: "Etc/UTC" },
        status: { lastScheduleTime: "2026-11-21T03:17:00Z" },
      },
    },
  ];
  return {
    ...{ stack: "dev", at, objects, nodes: [node()], state: state() },
    addresses: [
      {
        name: "panel",
        url: "https://panel.localhost:8443",
        status: 200,
        ms: 5,
        dependencies: { postgres: { up: true }, redis: { up: true } },
      },
      { name: "chat", url: "wss://chat.localhost:8443/socket", status: 401, ms: 5 },
    ],
    backlogs: [],
    certificates: [{ host: "panel.localhost", issuer: "Switchboard", validTo: "2027-02-19T00:00:00.000Z" }],
  };
}

export function state(changes: Partial<StateFacts> = {}): StateFacts {
  const names = Object.keys(parts) as Part[];
  return {
    ...{ resources: 116, pending: 0, managed: [] },
    expected: [
      ...names.map((name) => ({
        ...{ kind: parts[name][2], name, replicas: parts[name][3] as number, image: `${name}:v1` },
        labels: labelsOf(parts[name][0], parts[name][1]),
      })),
      ...["panel", "chat", "edge", "postgres", "redis"].map((name) => ({ kind: "Service" as const, name })),
      { kind: "CronJob" as const, name: "panel-cleanup" },
    ],
    lastUpdate: { kind: "update", result: "succeeded", at: minutesAgo(20), changes: { create: 116 } },
    ...changes,
  };
}

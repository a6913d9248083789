import type { Resource } from "../../engine/resources/resource";
import { isObject } from "./lists";
import { parsePath, valueAt } from "./paths";

/** A change of a number or a version that takes something away or has to be watched, as a sentence's end. */
export interface Watched {
  readonly path: string;
  readonly risk: "danger" | "caution";
  readonly what: string;
}

type Look = (before: Resource, after: Resource) => Watched[];

/** A number that is lower than before. */
const lower =
  (types: RegExp, path: string, what: (from: unknown, to: unknown) => string): Look =>
  (before, after) => {
    if (!types.test(after.type)) return [];
    const [from, to] = both(before, after, path);
    if (typeof from !== "number" || typeof to !== "number" || to >= from) return [];
    return [{ path, risk: to === 0 ? "danger" : "caution", what: what(from, to) }];
  };

/** A value that is another than before. */
const other =
  (types: RegExp, path: string, what: (from: unknown, to: unknown) => string): Look =>
  (before, after) => {
    if (!types.test(after.type)) return [];
    const [from, to] = both(before, after, path);
    return from === undefined || to === undefined || JSON.stringify(from) === JSON.stringify(to)
      ? []
      : [{ path, risk: "caution", what: what(from, to) }];
  };

/** A switch that is on, or off, and was not. */
function turned(types: RegExp, path: string, to: boolean, what: () => string): Look {
  return (before, after) => {
    if (!types.test(after.type)) return [];
    const values = both(before, after, path);
    return values[0] === !to && values[1] === to ? [{ path, risk: "danger", what: what() }] : [];
  };
}

const looks: readonly Look[] = [
  lower(/^kubernetes:apps\/v1:(Deployment|StatefulSet)$/, "spec.replicas", (from, to) =>
    to === 0 ? `no pod of it runs any more (${from} before)` : `fewer pods than before (${from} → ${to})`,
  ),
  lower(/^kubernetes:autoscaling\/v\d:HorizontalPodAutoscaler$/, "spec.minReplicas", fewerAtLeast),
  lower(/^kubernetes:policy\/v1:PodDisruptionBudget$/, "spec.minAvailable", fewerAtLeast),
  lower(/^gcp:container\/nodePool:/, "autoscaling.totalMaxNodeCount", fewerAtMost),
  lower(/^gcp:container\/nodePool:/, "autoscaling.maxNodeCount", fewerAtMost),
  lower(/^gcp:container\/nodePool:/, "autoscaling.totalMinNodeCount", fewerAtLeast),
  lower(/^aws:eks\/nodeGroup:/, "scalingConfig.maxSize", fewerAtMost),
  lower(/^aws:eks\/nodeGroup:/, "scalingConfig.minSize", fewerAtLeast),
  lower(
    /^gcp:redis\/instance:/,
    "memorySizeGb",
    (from, to) => `less memory (${from} → ${to} GiB); keys that do not fit go`,
  ),
  lower(/^gcp:redis\/instance:/, "replicaCount", (from, to) => `fewer replicas (${from} → ${to})`),
  other(
    /^gcp:container\/nodePool:/,
    "nodeConfig.machineType",
    (from, to) => `its nodes are exchanged (${from} → ${to})`,
  ),
  other(/^gcp:container\/cluster:/, "minMasterVersion", kubernetesVersion),
  other(/^gcp:container\/cluster:/, "releaseChannel.channel", kubernetesVersion),
  other(/^aws:eks\/cluster:/, "version", kubernetesVersion),
  other(/^aws:eks\/nodeGroup:/, "version", (from, to) => `its nodes are exchanged (${from} → ${to})`),
  other(/^gcp:sql\/databaseInstance:/, "settings.tier", (from, to) => `the database restarts (${from} → ${to})`),
  other(
    /^gcp:sql\/databaseInstance:/,
    "settings.availabilityType",
    (from, to) => `the database restarts (${from} → ${to})`,
  ),
  other(/^gcp:sql\/databaseInstance:/, "databaseVersion", upgraded),
  other(/^aws:rds\/instance:/, "instanceClass", (from, to) => `the database restarts (${from} → ${to})`),
  other(/^aws:rds\/instance:/, "engineVersion", upgraded),
  other(/^aws:elasticache\//, "nodeType", (from, to) => `its nodes are exchanged (${from} → ${to})`),
  other(/^aws:elasticache\//, "engineVersion", upgraded),
  other(/^gcp:redis\/instance:/, "redisVersion", upgraded),
  other(
    /^kubernetes:apiextensions.*:CustomResourceDefinition$/,
    "spec.versions",
    () => "objects of this kind may no longer fit",
  ),
  (before, after) => (/:NetworkPolicy$/.test(after.type) ? widenedPolicy(before, after) : []),
  (before, after) => (after.type === "kubernetes:core/v1:Service" ? lostBalancer(before, after) : []),
  turned(/^aws:eks\/cluster:/, "vpcConfig.endpointPublicAccess", true, publicApi),
  turned(/^gcp:container\/cluster:/, "privateClusterConfig.enablePrivateEndpoint", false, publicApi),
  turned(/^gcp:container\/cluster:/, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled", true, publicApi),
];

/** A Service that has no balancer of its own any more. */
function lostBalancer(before: Resource, after: Resource): Watched[] {
  const [from, to] = both(before, after, "spec.type");
  if (from !== "LoadBalancer" || to === from) return [];
  return [
    { path: "spec.type", risk: "danger", what: `its load balancer goes (${from} → ${to}), and with it its address` },
  ];
}

function publicApi(): string {
  return "the cluster's API gets a public address, for the networks that are allowed";
}

/** What of a change takes something away or has to be watched while it is made. */
export function watched(before: Resource, after: Resource): Watched[] {
  return looks.flatMap((look) => look(before, after));
}

/** A network policy that has more rules, or rules with fewer limits, than before. */
function widenedPolicy(before: Resource, after: Resource): Watched[] {
  return (["ingress", "egress"] as const).flatMap((direction): Watched[] => {
    const path = `spec.${direction}`;
    const [from, to] = both(before, after, path).map((value) => (Array.isArray(value) ? value : []));
    const known = new Set(from!.flatMap(allowances));
    const added = to!.filter((rule) => allowances(rule).some((allowance) => !known.has(allowance)));
    if (added.length === 0) return [];
    const way = direction === "ingress" ? "reach its pods" : "be reached by its pods";
    return [
      {
        path,
        risk: "caution",
        what: `more may ${way} than before (${added.length} new or changed rule${added.length === 1 ? "" : "s"})`,
      },
    ];
  });
}

function both(before: Resource, after: Resource, path: string): [unknown, unknown] {
  const at = parsePath(path);
  return [valueAt(before.inputs, at), valueAt(after.inputs, at)];
}

function fewerAtLeast(from: unknown, to: unknown): string {
  return `fewer are kept at least (${from} → ${to})`;
}

function fewerAtMost(from: unknown, to: unknown): string {
  return `it may grow less (${from} → ${to}); pods that do not fit wait`;
}

function kubernetesVersion(from: unknown, to: unknown): string {
  return `the control plane moves from ${from} to ${to} and cannot go back`;
}

function upgraded(from: unknown, to: unknown): string {
  return `it moves from version ${from} to ${to}, restarts, and cannot go back`;
}

/** What a rule of a network policy allows: each peer with each port, so that a rule with fewer of them is no new one. */
function allowances(rule: unknown): string[] {
  const { ports, ...rest } = isObject(rule) ? rule : {};
  const listed = rest.to ?? rest.from;
  const peers = Array.isArray(listed) ? listed : [rest];
  const numbers = Array.isArray(ports) && ports.length > 0 ? ports : ["every port"];
  return peers.flatMap((peer) => numbers.map((port) => JSON.stringify([peer, port])));
}

import { kubernetes } from "../../../components/calendar/kubernetes";
import { dnsOf } from "../../../components/clouds/existing/dns";
import { type Asked, answerOf, ask } from "../../../components/clouds/shared/doctor/ask";
import { advice, type Finding, failed, ok, type World } from "../../../components/clouds/shared/doctor/model";
import type { FoundObject } from "../../../components/kubernetes/lookup";
import { otherOwner } from "../../../components/network/stackOwnership";
import { projectName } from "../../../engine/stack/project";
import type { Check, Subject } from "../subject";
import { askCluster, contextOf } from "./askCluster";
import { balancerFindings } from "./balancer";
import type { SeenDaemonSet, SeenNode, SeenService } from "./balancerKinds";
import { dnsFindings } from "./clusterDns";

/** A cluster that somebody else runs: whether it is there, lets us in, and can keep data. */
export const existingCluster: Check = {
  area: "cluster",
  applies: ({ target, settings }) => settings.cluster.kind === "existing" && !target.local,
  async run(subject, world) {
    const reached = await serverVersion(subject, world);
    if (reached.status === "failed") return [reached];
    const asked = askCluster<Nodes>(subject, world, "nodes", "get", "nodes");
    const rest = await Promise.all([
      ...[namespace(subject, world), rights(subject, world), asked.then(nodes), storage(subject, world)],
      entrance(subject, world, asked),
    ]);
    return [reached, ...rest.flat()];
  },
};

async function serverVersion(subject: Subject, world: World): Promise<Finding> {
  const name = subject.target.context ?? "the current context";
  const asked = await askCluster<{ serverVersion?: { gitVersion: string } }>(
    subject,
    world,
    `cluster.context ${name}`,
    "version",
  );
  if ("finding" in asked)
    return failed(asked.finding.what, "start the cluster, or name another context: kubectl config get-contexts");
  const version = asked.value.serverVersion?.gitVersion;
  if (!version)
    return failed(
      `cluster.context ${name}: its API server does not answer`,
      "start the cluster, or name another context",
    );
  const minor = /^v(\d+\.\d+)/.exec(version)?.[1] ?? "";
  const known = Object.keys(kubernetes.lines).sort((a, b) => Number(a.split(".")[1]) - Number(b.split(".")[1]));
  const oldest = known[0]!;
  // Native sidecars, which the database proxies are, need 1.29.
  if (Number(minor.split(".")[1]) < 29)
    return failed(`${name} is Kubernetes ${version}; 1.29 or newer is needed`, "upgrade the cluster");
  if (Number(minor.split(".")[1]) < Number(oldest.split(".")[1])) {
    return advice(
      `${name} is Kubernetes ${version}, which has no fixes any more`,
      "upgrade the cluster one minor at a time",
    );
  }
  return ok(`${name} is Kubernetes ${version}`);
}

/** Whether the namespace is free, or this stack's: the program makes nothing in that of somebody else. */
async function namespace(subject: Subject, world: World): Promise<Finding[]> {
  const { settings } = subject;
  const name = settings.cluster.namespace;
  const args = ["get", "namespaces", "--field-selector", `metadata.name=${name}`] as const;
  const asked = await askCluster<{ items?: readonly FoundObject[] }>(subject, world, `namespace ${name}`, ...args);
  if ("finding" in asked) return [asked.finding];
  const [found] = asked.value.items ?? [];
  if (!found || found.metadata.deletionTimestamp) return [ok(`the namespace ${name} is free`)];
  const owner = { project: projectName(), stack: settings.operations.name, stage: settings.operations.stage };
  const other = otherOwner(found.metadata.labels ?? {}, owner);
  if (!other) return [ok(`the namespace ${name} is this stack's`)];
  return [failed(`the namespace ${name} ${other}`, "choose another name with cluster.namespace, or delete it")];
}

/** What an `up` does there; the rest follows from being allowed these. */
const needed = [
  "create namespaces",
  "create deployments.apps",
  "create secrets",
  "create networkpolicies.networking.k8s.io",
] as const;

async function rights({ target, settings }: Subject, world: World): Promise<Finding[]> {
  const context = contextOf({ target });
  const operated = settings.postgres?.kind === "cloudNativePg" ? ["create clusters.postgresql.cnpg.io"] : [];
  const answers = await Promise.all(
    [...needed, ...operated].map(async (right) => {
      const { stdout } = await world.run(
        "kubectl",
        ...context,
        "auth",
        "can-i",
        ...right.split(" "),
        "--namespace",
        settings.cluster.namespace,
      );
      return stdout.trim() === "yes" ? [] : [right];
    }),
  );
  const missing = answers.flat();
  if (missing.length === 0) return [ok("you may make what the stack is made of")];
  return [
    failed(
      `you may not ${missing.join(", ")} in namespace ${settings.cluster.namespace}`,
      "ask for the ClusterRole admin and for making namespaces, or use another user in the kubeconfig",
    ),
  ];
}

interface Node extends SeenNode {
  readonly status?: SeenNode["status"] & {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** What `kubectl get nodes` prints. */
interface Nodes {
  readonly items?: readonly Node[];
}

function nodes(asked: Asked<Nodes>): Finding[] {
  if ("finding" in asked) return [asked.finding];
  const all = asked.value.items ?? [];
  const isReady = (node: Node) =>
    node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  const away = all.filter((node) => !isReady(node)).map(({ metadata }) => metadata.name);
  if (all.length === 0) return [failed("the cluster has no node", "add one")];
  if (away.length > 0)
    return [advice(`${away.length} of ${all.length} nodes are not ready: ${away.join(", ")}`, "kubectl describe node")];
  return [ok(`${all.length} ${all.length === 1 ? "node" : "nodes"} ready`)];
}

/** What is asked of all namespaces; who may see only their own is told that it could not be looked at. */
async function entrance(subject: Subject, world: World, askedNodes: Promise<Asked<Nodes>>): Promise<Finding[]> {
  const { cluster, edge } = subject.settings;
  const list = <T>(kind: string) =>
    askCluster<{ items?: readonly T[] }>(subject, world, `${kind} of all namespaces`, "get", kind, "--all-namespaces");
  const [nodes, services, daemonSets, groups] = await Promise.all([
    askedNodes,
    list<SeenService>("services"),
    list<SeenDaemonSet>("daemonsets.apps"),
    ask<{ groups?: readonly { name: string }[] }>(
      world,
      "groups of the API",
      "kubectl",
      ...contextOf(subject),
      "get",
      "--raw",
      "/apis",
    ),
  ]);
  // What was not seen would be taken for what is not there.
  const unseen = [services, nodes, daemonSets].flatMap((asked) => ("finding" in asked ? [asked.finding] : []));
  if (unseen.length > 0) return unseen.slice(0, 1);
  const items = <T>(asked: Asked<{ items?: readonly T[] }>) => answerOf(asked)?.items ?? [];
  const names = (answerOf(groups)?.groups ?? []).map(({ name }) => name);
  const pools = names.includes("metallb.io") ? await list<object>("ipaddresspools.metallb.io") : undefined;
  const seen = {
    ...{ nodes: items(nodes), services: items(services), daemonSets: items(daemonSets), groups: names },
    ...(pools && "value" in pools && { pools: items(pools).length }),
  };
  return [
    ...balancerFindings({ namespace: cluster.namespace, edge }, seen),
    ...dnsFindings(cluster.kind === "existing" ? dnsOf(cluster.dns) : undefined, seen),
  ];
}

interface StorageClass {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

async function storage(subject: Subject, world: World): Promise<Finding[]> {
  const { postgres, redis } = subject.settings;
  const wanted = Object.entries({ postgres, redis }).flatMap(([layer, data]) =>
    data?.kind === "inCluster" || data?.kind === "cloudNativePg"
      ? [{ key: `${layer}.storageClass`, name: data.storageClass }]
      : [],
  );
  if (wanted.length === 0) return [];
  const asked = await askCluster<{ items?: readonly StorageClass[] }>(
    subject,
    world,
    "storage classes",
    "get",
    "storageclasses",
  );
  if ("finding" in asked) return [asked.finding];
  const classes = asked.value.items ?? [];
  const names = classes.map(({ metadata }) => metadata.name).sort();
  const missing = wanted.filter(({ name }) => name !== undefined && !names.includes(name));
  if (missing.length > 0) {
    const use = `use one of ${names.join(", ") || "none: it has none"}`;
    return missing.map(({ key, name }) => failed(`${key}: the cluster has no storage class ${name}`, use));
  }
  if (wanted.every(({ name }) => name !== undefined)) return [ok("the storage classes that the stack names")];
  const mark = "storageclass.kubernetes.io/is-default-class";
  const standard = classes.find(({ metadata }) => metadata.annotations?.[mark] === "true");
  if (standard) return [ok(`storage class ${standard.metadata.name} (the default)`)];
  return [
    failed(
      "the cluster has no default storage class, so a database would wait for its disk for ever",
      `set postgres.storageClass and redis.storageClass${names.length > 0 ? ` to one of ${names.join(", ")}` : ""}, or mark one as default`,
    ),
  ];
}

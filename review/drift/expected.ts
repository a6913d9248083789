import { doorsOf } from "../../components/clouds/aws/doorTags";
import type { Resource } from "../../engine/resources/resource";
import { isObject } from "../plan/lists";
import type { Change, PropertyChange } from "../plan/model";
import { withElement, withKey } from "../plan/paths";

/** A difference that nobody made by hand: what keeps the field is a controller, an autoscaler or the API server. */
interface Rule {
  readonly type: RegExp;
  /** The whole path as it is shown. */
  readonly path: RegExp;
  /** What kind of difference is expected: most owners only add what the program does not give. @default any */
  readonly kind?: PropertyChange["kind"];
  /** More that must hold. */
  readonly when?: (at: Leaf & { readonly change: Change; readonly all: readonly Resource[] }) => boolean;
  /** Who keeps it, for `--all`. */
  readonly why: string;
}

/** One value below a difference. */
interface Leaf {
  readonly path: string;
  readonly kind: PropertyChange["kind"];
  readonly before?: unknown;
  readonly after?: unknown;
}

const kubernetes = /^kubernetes:/;
const workloads = /^kubernetes:apps\/v1:(Deployment|StatefulSet|ReplicaSet)$/;

/** Prefixes of annotations and labels that controllers write on objects of others. */
const controllers = [
  "autoscaling.alpha.kubernetes.io",
  "batch.kubernetes.io",
  "cloud.google.com",
  "cni.projectcalico.org",
  "control-plane.alpha.kubernetes.io",
  "controller.kubernetes.io",
  "deployment.kubernetes.io",
  "deprecated.daemonset.template.generation",
  "elbv2.k8s.aws",
  "ingress.gke.io",
  "meta.helm.sh",
  "networking.gke.io",
  "pv.kubernetes.io",
  "service.k8s.aws",
  "topology.kubernetes.io",
  "volume.beta.kubernetes.io",
  "volume.kubernetes.io",
];

/** What the API server puts in where the program says nothing, by the end of the path. */
const defaults: readonly (readonly [end: RegExp, value: unknown])[] = [
  [/\.fieldRef\.apiVersion$/, "v1"],
  [/\.protocol$/, "TCP"],
  [/\.terminationMessagePath$/, "/dev/termination-log"],
  [/\.terminationMessagePolicy$/, "File"],
  [/\.imagePullPolicy$/, "IfNotPresent"],
  [/\.dnsPolicy$/, "ClusterFirst"],
  [/\.schedulerName$/, "default-scheduler"],
  [/\.defaultMode$/, 420],
  [/\.scheme$/, "HTTP"],
  [/\.successThreshold$/, 1],
  [/\.timeoutSeconds$/, 1],
  [/^spec\.sessionAffinity$/, "None"],
  [/^spec\.internalTrafficPolicy$/, "Cluster"],
  [/^spec\.(podManagementPolicy)$/, "OrderedReady"],
  [/\.securityContext$/, {}],
];

const rules: readonly Rule[] = [
  { type: kubernetes, path: /^status\b/, why: "the object's own status" },
  {
    type: kubernetes,
    path: /^metadata\.(managedFields|resourceVersion|generation|uid|creationTimestamp|selfLink|finalizers)\b/,
    why: "kept by the API server",
  },
  {
    type: kubernetes,
    path: new RegExp(String.raw`metadata\.(annotations|labels)\["(${controllers.map(quoted).join("|")})[/"]`),
    kind: "add",
    why: "written by a controller of the cluster",
  },
  {
    type: kubernetes,
    path: /metadata\.annotations\["kubectl\.kubernetes\.io\/(restartedAt|last-applied-configuration)"\]$/,
    kind: "add",
    why: "left by kubectl; a restart changes nothing else",
  },
  { type: kubernetes, path: /./, kind: "add", when: isDefault, why: "a default of the API server" },
  {
    type: workloads,
    path: /^spec\.replicas$/,
    when: ({ change, all }) => isAutoscaled(change, all),
    why: "kept by a HorizontalPodAutoscaler",
  },
  {
    type: /^kubernetes:core\/v1:Service$/,
    path: /^spec\.(clusterIPs?|ipFamilies|ipFamilyPolicy|healthCheckNodePort|allocateLoadBalancerNodePorts|ports\[[^\]]+\]\.nodePort)\b/,
    kind: "add",
    why: "given out by the cluster",
  },
  {
    type: /^kubernetes:core\/v1:(PersistentVolumeClaim(Patch)?|ServiceAccount|Namespace)$/,
    path: /^(spec\.(volumeName|volumeMode|finalizers)|secrets|imagePullSecrets)\b/,
    kind: "add",
    why: "given out by the cluster",
  },
  {
    type: /^gcp:container\/nodePool:NodePool$/,
    path: /^(nodeCount|initialNodeCount|version|instanceGroupUrls|managedInstanceGroupUrls|nodeConfig\.resourceLabels)\b/,
    why: "kept by GKE's autoscaler and its upgrades",
  },
  {
    type: /^gcp:container\/cluster:Cluster$/,
    path: /^(nodePools|nodeConfig|initialNodeCount|nodeVersion)\b/,
    why: "told again by the node pools",
  },
  {
    type: /^aws:eks\/nodeGroup:NodeGroup$/,
    path: /^scalingConfig\.desiredSize$/,
    why: "kept by the cluster autoscaler",
  },
  {
    type: /^aws:eks\/cluster:Cluster$/,
    path: /^(tags|tagsAll)\["switchboard\.dev\/open-to-/,
    kind: "add",
    why: "the door of a deployment that runs",
  },
  {
    type: /^aws:eks\/cluster:Cluster$/,
    path: /^vpcConfig\.(endpointPublicAccess|publicAccessCidrs)\b/,
    when: isDoor,
    why: "the door of a deployment that runs",
  },
  { type: /^aws:elasticache\/userGroup:UserGroup$/, path: /^userIds\b/, why: "told again by the memberships" },
  {
    type: /^gcp:sql\/databaseInstance:DatabaseInstance$/,
    path: /^settings\.(diskSize|version)$/,
    when: ({ path, before, after }) => path === "settings.version" || grown(before, after),
    why: "the disk grows by itself",
  },
  {
    type: /^aws:rds\/instance:Instance$/,
    path: /^(allocatedStorage|latestRestorableTime)$/,
    when: ({ path, before, after }) => path !== "allocatedStorage" || grown(before, after),
    why: "the disk grows by itself",
  },
];

/**
 * Why a difference is expected: its field is kept by something else than the program and people. A value that the program
 * gives and a person changed is never expected, but for sizes that an autoscaler owns.
 *
 * @param all the resources of the stack as the program made them, among which autoscalers are looked for
 * @returns undefined for drift
 */
export function expectedBecause(
  change: Change,
  property: PropertyChange,
  all: readonly Resource[],
): string | undefined {
  let why: string | undefined;
  for (const leaf of leavesOf(property)) {
    const rule = rules.find(
      ({ type, path, kind, when }) =>
        type.test(change.type) &&
        path.test(leaf.path) &&
        (kind ?? leaf.kind) === leaf.kind &&
        (when?.({ ...leaf, change, all }) ?? true),
    );
    if (!rule) return undefined;
    why ??= rule.why;
  }
  return why;
}

/** The single values of a difference: an object that was put in as a whole is judged key by key. */
function leavesOf({ path, kind, before, after }: PropertyChange): Leaf[] {
  if (kind !== "add") return [{ path, kind, before, after }];
  const found: Leaf[] = [];
  const walk = (value: unknown, at: string) => {
    if (isObject(value) && Object.keys(value).length > 0) {
      for (const [key, entry] of Object.entries(value)) walk(entry, withKey(at, key));
    } else if (Array.isArray(value) && value.length > 0) {
      value.forEach((entry, index) => {
        walk(entry, withElement(at, index));
      });
    } else found.push({ path: at, kind, after: value });
  };
  walk(after, path);
  return found;
}

function isDefault({ path, after }: Leaf): boolean {
  return defaults.some(([end, value]) => end.test(path) && JSON.stringify(after) === JSON.stringify(value));
}

/** Whether the API server is open to nobody else than the program and the cluster's own tags say (clouds/aws/doorTags). */
function isDoor({ path, before, after, change }: Leaf & { readonly change: Change }): boolean {
  const doors = doorsOf(change.after?.inputs?.tags ?? {}).map(({ address }) => `${address}/32`);
  if (doors.length === 0) return false;
  if (path.endsWith("endpointPublicAccess")) return after === true;
  const [had, has] = [before, after].map((value) => [value ?? []].flat());
  return has!.every((cidr) => had!.includes(cidr) || doors.includes(cidr as string));
}

function isAutoscaled({ type, before }: Change, all: readonly Resource[]): boolean {
  const { name, namespace } = before?.inputs?.metadata ?? {};
  const kind = type.split(":").pop();
  return all.some(({ type, inputs }) => {
    const target = inputs?.spec?.scaleTargetRef;
    return (
      /^kubernetes:autoscaling\/v\w+:HorizontalPodAutoscaler$/.test(type) &&
      target?.kind === kind &&
      target?.name === name &&
      inputs.metadata?.namespace === namespace
    );
  });
}

function grown(before: unknown, after: unknown): boolean {
  return typeof before === "number" && typeof after === "number" && after > before;
}

function quoted(text: string): string {
  return text.replace(/[.]/g, String.raw`\.`);
}

import type { DriftedValue, KeptByOthers } from "../../components/clouds/shared/facts/risk";
import { factsOf, packageOf } from "../../components/facts";
import type { Resource } from "../../engine/resources/resource";
import { isObject } from "../plan/lists";
import type { Change, PropertyChange } from "../plan/model";
import { withElement, withKey } from "../plan/paths";

/** One value below a difference. */
type Leaf = Pick<DriftedValue, "path" | "kind" | "before" | "after">;

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

/** What holds of every object of a cluster. */
const ofObjects: readonly KeptByOthers[] = [
  { path: /^status\b/, why: "the object's own status" },
  {
    path: /^metadata\.(managedFields|resourceVersion|generation|uid|creationTimestamp|selfLink|finalizers)\b/,
    why: "kept by the API server",
  },
  {
    path: new RegExp(String.raw`metadata\.(annotations|labels)\["(${controllers.map(quoted).join("|")})[/"]`),
    kind: "add",
    why: "written by a controller of the cluster",
  },
  {
    path: /metadata\.annotations\["kubectl\.kubernetes\.io\/(restartedAt|last-applied-configuration)"\]$/,
    kind: "add",
    why: "left by kubectl; a restart changes nothing else",
  },
  { path: /./, kind: "add", when: isDefault, why: "a default of the API server" },
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
  const rules = [
    ...(packageOf(change.type) === "kubernetes" ? ofObjects : []),
    ...(factsOf(change.type)?.keptByOthers ?? []),
  ];
  let why: string | undefined;
  for (const leaf of leavesOf(property)) {
    const rule = rules.find(
      ({ path, kind, when }) =>
        path.test(leaf.path) &&
        (kind ?? leaf.kind) === leaf.kind &&
        (when?.({ ...leaf, resource: change, all }) ?? true),
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

function quoted(text: string): string {
  return text.replace(/[.]/g, String.raw`\.`);
}

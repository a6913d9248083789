import { changes, pathParts } from "../changes";
import type { Difference, PropertyChange } from "../provider";
import { type Properties, reveal } from "../values";
import { isAutonamed } from "./inputs";
import { normal } from "./normal";

/** Which of the provider's settings bear on replacements. */
export interface MutableData {
  /** ConfigMap data may change in place; default: a change makes a new ConfigMap. */
  readonly configMaps: boolean;
  /** The same for Secrets. */
  readonly secrets: boolean;
}

/**
 * Fields that the API server never changes, or whose change the official provider turns into a new object so that
 * pods roll (data of ConfigMaps and Secrets). Key: group and kind. Source: provider/pkg/provider/properties.go of
 * pulumi-kubernetes, and the API server's validation (pkg/apis/*\/validation).
 */
const fixedFields: { readonly [groupAndKind: string]: readonly string[] } = {
  "/ConfigMap": ["data", "binaryData"],
  "/Secret": ["data", "stringData", "type"],
  "/Service": ["spec.clusterIP", "spec.clusterIPs"],
  "/PersistentVolumeClaim": [
    "spec.accessModes",
    "spec.dataSource",
    "spec.dataSourceRef",
    "spec.resources.limits",
    "spec.selector",
    "spec.storageClassName",
    "spec.volumeMode",
    "spec.volumeName",
  ],
  "/PersistentVolume": ["spec.csi", "spec.hostPath", "spec.local", "spec.nodeAffinity", "spec.nfs", "spec.volumeMode"],
  "/ResourceQuota": ["spec.scopes", "spec.scopeSelector"],
  "/Pod": ["spec"],
  "apps/DaemonSet": ["spec.selector"],
  "apps/Deployment": ["spec.selector"],
  "apps/ReplicaSet": ["spec.selector"],
  "apps/StatefulSet": ["spec.podManagementPolicy", "spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"],
  "batch/Job": [
    "spec.backoffLimitPerIndex",
    "spec.completionMode",
    "spec.completions",
    "spec.managedBy",
    "spec.manualSelector",
    "spec.podFailurePolicy",
    "spec.podReplacementPolicy",
    "spec.selector",
    "spec.successPolicy",
    "spec.template",
  ],
  "networking.k8s.io/IngressClass": ["spec.controller"],
  "node.k8s.io/RuntimeClass": ["handler"],
  "rbac.authorization.k8s.io/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/RoleBinding": ["roleRef"],
  "scheduling.k8s.io/PriorityClass": ["preemptionPolicy", "value"],
  "storage.k8s.io/CSIDriver": ["spec.attachRequired", "spec.volumeLifecycleModes"],
  "storage.k8s.io/StorageClass": ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"],
  "apiextensions.k8s.io/CustomResourceDefinition": ["spec.group", "spec.names.kind", "spec.names.plural", "spec.scope"],
};

/** What may change in a running pod all the same. */
const changeableInPod =
  /^spec\.(activeDeadlineSeconds|terminationGracePeriodSeconds|tolerations.*|(initC|c)ontainers\[\d+\]\.image)$/;

const identity = ["kind", "metadata.name", "metadata.namespace"];

/**
 * What has to happen to get from the old inputs to the new ones. The old ones may be the official provider's, which keeps
 * them as the API server would write them.
 * @param isPatch they are some fields of an object of somebody else
 * @param unready the object is in a state that `pulumi.com/replaceUnready` is meant for
 */
export function kubernetesDifference(
  oldInputs: Properties,
  newInputs: Properties,
  mutable: MutableData,
  unready = false,
  isPatch = false,
): Difference {
  // A patch is of somebody else's object: what that does not let change it refuses, and no other object helps.
  const fixed = [...identity, ...(isPatch ? [] : fixedFieldsOf(newInputs, oldInputs, mutable))];
  const isPod = groupAndKind(newInputs) === "/Pod";
  const properties = new Map<string, PropertyChange>();
  // Both as the program wrote them are compared where they stand; of a state's Secret there is only what became of it.
  const asData = oldInputs.stringData === undefined || newInputs.stringData === undefined;
  for (const [path, kind] of changes(normal(oldInputs, asData), normal(newInputs, asData))) {
    const replace =
      (fixed.some((field) => overlap(field, path)) && !(isPod && changeableInPod.test(path))) ||
      (path === "apiVersion" && group(oldInputs) !== group(newInputs));
    properties.set(path, { kind, replace });
  }
  if (unready) properties.set("status", { kind: "update", replace: true });
  const replaced = [...properties.values()].some(({ replace }) => replace);
  return { properties, deleteBeforeReplace: replaced && takesTheSameName(oldInputs, newInputs) };
}

/** A new object under the old one's name can only be made when the old one is gone. */
function takesTheSameName(oldInputs: Properties, newInputs: Properties): boolean {
  if (isAutonamed(newInputs)) return false;
  const place = (inputs: Properties) => {
    const metadata = reveal((inputs.metadata ?? {}) as Properties);
    return JSON.stringify([group(inputs), inputs.kind, metadata.namespace, metadata.name]);
  };
  return place(oldInputs) === place(newInputs);
}

function fixedFieldsOf(inputs: Properties, oldInputs: Properties, mutable: MutableData): readonly string[] {
  const name = groupAndKind(inputs);
  const fields = fixedFields[name] ?? [];
  // An object that was made immutable stays so, whatever the provider's settings say.
  const frozen = reveal(oldInputs.immutable ?? false) === true;
  if (frozen) return [...fields, "immutable"];
  const dataMayChange = (name === "/ConfigMap" && mutable.configMaps) || (name === "/Secret" && mutable.secrets);
  return dataMayChange ? fields.filter((field) => field === "type") : fields;
}

/** Whether one path is the other one or lies below it. */
function overlap(a: string, b: string): boolean {
  const [left, right] = [pathParts(a), pathParts(b)];
  return Array.from({ length: Math.min(left.length, right.length) }, (_, i) => left[i] === right[i]).every(Boolean);
}

function group(inputs: Properties): string {
  const apiVersion = String(reveal(inputs.apiVersion ?? "v1"));
  return apiVersion.includes("/") ? apiVersion.split("/")[0]! : "";
}

function groupAndKind(inputs: Properties): string {
  return `${group(inputs)}/${String(reveal(inputs.kind ?? ""))}`;
}

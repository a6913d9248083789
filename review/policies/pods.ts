import { at, fieldsOf, isHidden, listOf, numberOf } from "../../components/clouds/shared/facts/value";
import { kindOf, type Resource } from "../../engine/resources/resource";

/** A container of a pod template and where it stands. */
export interface Container {
  /** `spec.template.spec.containers[0]` */
  readonly path: string;
  readonly inputs: unknown;
  /** `prepare` runs before the others and ends; a `sidecar` starts before them and goes on. */
  readonly role: "main" | "prepare" | "sidecar";
}

/** The pod that an object makes. */
export interface Pod {
  /** Where its `spec` is: `spec.template.spec`, in a CronJob `spec.jobTemplate.spec.template.spec`. */
  readonly path: string;
  readonly owner: Resource;
  /** Hidden where it is not known. */
  readonly spec: unknown;
  readonly labels: unknown;
  readonly containers: readonly Container[];
}

/** Where objects have the pod that they make. */
const templates: Readonly<Record<string, string>> = {
  Pod: "",
  Deployment: "spec.template",
  StatefulSet: "spec.template",
  DaemonSet: "spec.template",
  ReplicaSet: "spec.template",
  Job: "spec.template",
  CronJob: "spec.jobTemplate.spec.template",
};

/** The pod that a Kubernetes object makes; undefined for what makes none. */
export function podOf(owner: Resource): Pod | undefined {
  const place = templates[kindOf(owner.type)];
  if (place === undefined || !/^kubernetes:(core|apps|batch)\/v1:/.test(owner.type)) return undefined;
  const template = place === "" ? owner.inputs : at(owner.inputs, place);
  const spec = at(template, "spec");
  if (typeof spec !== "object" && !isHidden(spec)) return undefined;
  const path = place === "" ? "spec" : `${place}.spec`;
  const containers = ["initContainers", "containers"].flatMap((list) =>
    listOf(at(spec, list)).flatMap((inputs, index): Container[] => {
      if (typeof inputs !== "object" || inputs === null) return [];
      const goesOn = at(inputs, "restartPolicy") === "Always";
      const role = list === "containers" ? "main" : goesOn ? "sidecar" : "prepare";
      return [{ path: `${path}.${list}[${index}]`, inputs, role }];
    }),
  );
  return { path, owner, spec, labels: at(template, "metadata.labels"), containers };
}

/** Replicas of a Deployment or StatefulSet: 1 where it says none; undefined where that is not known. */
export function replicasOf(owner: Resource): number | undefined {
  const value = at(owner.inputs, "spec.replicas");
  return value === undefined ? 1 : numberOf(value);
}

/**
 * Whether a label selector may select these labels. What is hidden may be anything; `matchExpressions`, which this
 * program does not write, are taken to match.
 */
export function maySelect(selector: unknown, labels: unknown): boolean {
  if (isHidden(selector) || isHidden(labels)) return true;
  const wanted = at(selector, "matchLabels");
  if (isHidden(wanted)) return true;
  return Object.entries(fieldsOf(wanted)).every(([key, value]) => {
    const label = fieldsOf(labels)[key];
    return isHidden(value) || isHidden(label) || value === label;
  });
}

/** Whether two objects may be in one namespace. */
export function mayShareNamespace(one: Resource, other: Resource): boolean {
  const [a, b] = [one, other].map(({ inputs }) => at(inputs, "metadata.namespace"));
  return isHidden(a) || isHidden(b) || a === b;
}

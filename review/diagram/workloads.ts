import type { Operated } from "../../components/clouds/shared/facts/landscape";
import { factsOf } from "../../components/facts";
import { kindOf, type Resource } from "../../engine/resources/resource";
import { type Box, idOf, listOf } from "./model";

const workloads = ["Deployment", "StatefulSet", "Job", "CronJob"];

/** The pods of a stack: a box for each of its workloads. */
export function workloadsOf(resources: readonly Resource[]): Box[] {
  const unique = new Map(resources.flatMap(boxOf).map((box) => [box.id, box]));
  return [...unique.values()];
}

function boxOf({ type, inputs }: Resource): Box[] {
  const operated = factsOf(type)?.operated;
  if (operated) return [operatedBox(operated, inputs)];
  const kind = kindOf(type);
  if (!type.startsWith("kubernetes:") || !workloads.includes(kind)) return [];
  const { spec } = inputs;
  const template = kind === "CronJob" ? spec?.jobTemplate?.spec?.template : spec?.template;
  const labels = template?.metadata?.labels;
  if (!labels) return [];
  return [
    {
      id: idOf(labels),
      title: `${labels["app.kubernetes.io/name"]} · ${labels["app.kubernetes.io/component"]}`,
      details: detailsOf(kind, spec),
      role: kind === "StatefulSet" ? "data" : kind.endsWith("Job") ? "once" : "pods",
      inside: true,
    },
  ];
}

/** Servers that an operator makes. */
function operatedBox({ label, product, tier, servers, storage }: Operated, inputs: Resource["inputs"]): Box {
  const count = servers(inputs) ?? 1;
  const size = storage(inputs);
  return {
    id: idOf({ [label]: String(inputs.metadata?.name) }),
    title: `${tier} · server`,
    details: [
      `${count} ${count === 1 ? "pod" : "pods"}, ${product}`,
      ...(size ? [`${count === 1 ? "volume" : "volumes"} of ${size}`] : []),
    ],
    role: "data",
    inside: true,
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the specification of a workload
function detailsOf(kind: string, spec: any): string[] {
  if (kind === "Job") return ["Job, once for a release"];
  if (kind === "CronJob") return ["scheduled job", `at ${spec.schedule}`];
  const replicas = spec.replicas ?? 1;
  const size = listOf(spec.volumeClaimTemplates)[0]?.spec?.resources?.requests?.storage;
  return [`${replicas} ${replicas === 1 ? "pod" : "pods"}, ${kind}`, ...(size ? [`volume of ${size}`] : [])];
}

/** A resource as the program registers it, or as `pulumi stack export` gives it. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs have the shape of their resource
  readonly inputs: any;
}

/** A kind of pods, and how many run. */
export interface Box {
  /** `app.kubernetes.io/name` and `component`, joined. */
  readonly id: string;
  readonly name: string;
  readonly role: string;
  /** `Deployment`, `StatefulSet`, `Job` or `CronJob`. */
  readonly kind: string;
  readonly replicas: number;
  readonly storage: string | undefined;
  readonly schedule: string | undefined;
}

/** An allowed connection; `from` is `internet` for clients of the whole world. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly ports: readonly number[];
}

/** The architecture of a stack: what runs, and what connects to what. */
export interface Architecture {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/** Clients outside the cluster. */
export const internet = "internet";

const workloads = ["Deployment", "StatefulSet", "Job", "CronJob"];

/**
 * Reads the architecture from a stack's own resources: pods from its workloads, connections from its network policies,
 * which are the same graph that gave the apps their databases.
 */
export function architectureOf(resources: readonly Resource[]): Architecture {
  const boxes = resources.flatMap(boxOf).sort((a, b) => (a.id < b.id ? -1 : 1));
  const arrows = resources
    .filter(({ type }) => type.endsWith(":NetworkPolicy"))
    .flatMap(({ inputs }) => arrowsInto(inputs.spec));
  const merged = new Map<string, Arrow>();
  for (const { from, to, ports } of arrows) {
    const key = `${from} ${to}`;
    const known = merged.get(key)?.ports ?? [];
    merged.set(key, { from, to, ports: [...new Set([...known, ...ports])].sort((a, b) => a - b) });
  }
  return { boxes, arrows: [...merged.keys()].sort().map((key) => merged.get(key)!) };
}

function boxOf({ type, inputs }: Resource): Box[] {
  const kind = type.split(":").pop() ?? "";
  if (!type.startsWith("kubernetes:") || !workloads.includes(kind)) return [];
  const { spec } = inputs;
  const template = kind === "CronJob" ? spec.jobTemplate.spec.template : spec.template;
  const labels = template.metadata.labels;
  return [
    {
      id: idOf(labels),
      name: labels["app.kubernetes.io/name"],
      role: labels["app.kubernetes.io/component"],
      kind,
      replicas: spec.replicas ?? 1,
      storage: spec.volumeClaimTemplates?.[0]?.spec.resources.requests.storage,
      schedule: spec.schedule,
    },
  ];
}

// biome-ignore lint/suspicious/noExplicitAny: the specification of a NetworkPolicy
function arrowsInto(spec: any): Arrow[] {
  const labels = spec.podSelector?.matchLabels;
  if (!labels) return [];
  const to = idOf(labels);
  // biome-ignore lint/suspicious/noExplicitAny: as above
  return (spec.ingress ?? []).flatMap(({ from, ports }: any) => {
    const numbers = (ports ?? []).map(({ port }: { port: number }) => port);
    if (!from) return [{ from: internet, to, ports: numbers }];
    return from.map((peer: { podSelector: { matchLabels: Record<string, string> } }) => ({
      from: idOf(peer.podSelector.matchLabels),
      to,
      ports: numbers,
    }));
  });
}

function idOf(labels: Record<string, string>): string {
  return `${labels["app.kubernetes.io/name"]}-${labels["app.kubernetes.io/component"]}`;
}

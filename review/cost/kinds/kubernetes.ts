import type { Bill, Inputs, Written } from "../bill";
import { show, word } from "../context";

const ofThatCluster = "it runs on a cluster that exists, and is on the bill of that cluster";

/** Only a Service of type LoadBalancer costs: the balancer itself, and what leaves through it. */
export function service(bill: Bill, inputs: Inputs): Written {
  const spec = bill.part(inputs.spec, "spec", "the Service");
  if (!spec) return;
  const type = spec.type ?? "ClusterIP";
  if (type === "ClusterIP" || type === "NodePort" || type === "ExternalName") {
    return bill.free(`a Service of type ${type} is an entry in the cluster's API`);
  }
  if (type !== "LoadBalancer")
    return bill.unpriced("the Service", `what it makes is not known: its type is ${show(type)}`);
  const { clusterOf } = bill.context;
  if (!clusterOf) return bill.unpriced("its balancer", ofThatCluster);
  if (clusterOf === "google") {
    bill.charge({ what: "rule of the balancer", item: "balancer.rule", quantity: 1 });
    bill.assume("balancer.data", "balancer.data", "what the balancer takes in");
  } else {
    const kind = spec.loadBalancerClass;
    if (kind !== "service.k8s.aws/nlb") {
      bill.unpriced("its balancer", `the sheet has prices of service.k8s.aws/nlb only, and the class is ${show(kind)}`);
    } else {
      bill.charge({ what: "Network Load Balancer", item: "balancer", quantity: 1 });
      bill.assume("balancer.capacity", "balancer.capacity", "its capacity units");
    }
  }
  bill.assume("traffic.out", "traffic.out", "what leaves to the internet");
}

/** Volumes that are asked for by every pod of a set. */
export function statefulSet(bill: Bill, inputs: Inputs): Written {
  const spec = bill.part(inputs.spec, "spec", "its volumes");
  if (!spec) return;
  const templates: unknown = spec.volumeClaimTemplates;
  if (templates === undefined || (Array.isArray(templates) && templates.length === 0)) {
    return bill.free("its pods run on nodes, which are counted where they are made");
  }
  if (!Array.isArray(templates)) return bill.unpriced("its volumes", `volumeClaimTemplates is ${show(templates)}`);
  const replicas = bill.number(spec.replicas ?? 1, "replicas", "its volumes");
  if (replicas === undefined) return;
  const sized = claimsSizedApart(bill);
  const own = (templates as Inputs[]).filter(
    (template) => !sized.has(`${template?.metadata?.name}-${inputs.metadata?.name}-0`),
  );
  if (own.length === 0) return bill.free("its volume is on the bill of its claim");
  for (const template of own) volume(bill, template?.spec, replicas);
}

/** Claims of first pods that have grown, or may: what their templates say is only how large they were made. */
function claimsSizedApart({ context }: Bill): ReadonlySet<string> {
  const claims = context.ofType("kubernetes:core/v1:PersistentVolumeClaimPatch");
  return new Set(claims.map(({ inputs }) => String((inputs as Inputs).metadata?.name)));
}

export function volumeClaim(bill: Bill, inputs: Inputs): Written {
  volume(bill, inputs.spec, 1);
}

/** Types of disks behind the classes that GKE has (https://cloud.google.com/kubernetes-engine/docs/concepts/persistent-volumes). */
const googleClasses: Readonly<Record<string, string>> = {
  "standard-rwo": "pd-balanced",
  "premium-rwo": "pd-ssd",
  standard: "pd-standard",
};

function volume(bill: Bill, spec: Inputs | undefined, count: number): Written {
  const asked = spec?.resources?.requests?.storage;
  const what = `${count === 1 ? "volume" : `${count} volumes`} of ${word(asked)}`;
  const { clusterOf } = bill.context;
  if (!clusterOf) return bill.unpriced(what, ofThatCluster);
  const size = gibibytes(asked);
  if (size === undefined) return bill.unpriced("a volume", `its size is ${show(asked)}, which is no quantity`);
  const named = spec?.storageClassName;
  const type = clusterOf === "google" ? googleDisk(named) : amazonDisk(bill, named);
  if (!type) return bill.unpriced(what, `which disks class ${show(named)} makes is not known`);
  bill.charge({ what: `${what}, ${type}`, item: `disk/${type}`, quantity: size * count });
}

function googleDisk(named: unknown): string | undefined {
  const name = named ?? "standard-rwo";
  return typeof name === "string" && Object.hasOwn(googleClasses, name) ? googleClasses[name] : undefined;
}

/** The class is one of the stack's own; without a name it is the default one. */
function amazonDisk(bill: Bill, named: unknown): string | undefined {
  const classes = bill.context
    .ofType("kubernetes:storage.k8s.io/v1:StorageClass")
    .map(({ inputs }) => inputs as Inputs);
  const found = classes.find(({ metadata }) =>
    named === undefined
      ? metadata?.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true"
      : metadata?.name === named,
  );
  const type = found?.provisioner === "ebs.csi.aws.com" ? found.parameters?.type : undefined;
  return typeof type === "string" ? type : undefined;
}

const binary: Readonly<Record<string, number>> = { Ki: 2 ** -20, Mi: 2 ** -10, Gi: 1, Ti: 2 ** 10 };

/** `"256Mi"` in GiB. Clouds make no disk smaller than 1 GiB. */
function gibibytes(asked: unknown): number | undefined {
  const [, amount, unit] = /^(\d{1,6})(Ki|Mi|Gi|Ti)$/.exec(typeof asked === "string" ? asked : "") ?? [];
  return amount ? Math.max(1, Math.ceil(Number(amount) * binary[unit!]!)) : undefined;
}

/** Charts whose content is known: pods, and no balancer or volume. */
const charts: ReadonlySet<string> = new Set(["cert-manager", "cluster-autoscaler", "aws-load-balancer-controller"]);

export function release(bill: Bill, inputs: Inputs): Written {
  if (typeof inputs.chart === "string" && charts.has(inputs.chart)) {
    return bill.free("its pods run on nodes, and it makes no balancer and no volume");
  }
  bill.unpriced(`chart ${show(inputs.chart)}`, "what it makes is not known");
}

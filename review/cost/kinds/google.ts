import { assumed, type Bill, type Inputs, span, type Written } from "../bill";
import { above, googlePoolNodes, show, word } from "../context";
import type { Range } from "../model";
import { range, times } from "../range";

/** The fee of a cluster, and what its agents write and measure. Nodes are counted with their pools. */
export function cluster(bill: Bill, inputs: Inputs): Written {
  bill.charge({ what: "control plane", item: "gke.cluster", quantity: 1 });
  if (inputs.enableAutopilot) bill.unpriced("pods of Autopilot", "the sheet has no prices of Autopilot");
  if (above(inputs.nodePools?.length, 0) || inputs.removeDefaultNodePool === false) {
    bill.unpriced(
      "node pools that are written in the cluster",
      "only pools that are resources of their own are counted",
    );
  }
  const logged: unknown = inputs.loggingConfig?.enableComponents;
  if (!Array.isArray(logged) || logged.length > 0) {
    bill.assume("logs.cluster.google", "logs", "logs of the cluster");
  }
  const measured: unknown = inputs.monitoringConfig?.enableComponents;
  const workloads = Array.isArray(measured) ? measured.some((name) => name !== "SYSTEM_COMPONENTS") : true;
  if (workloads || inputs.monitoringConfig?.managedPrometheus?.enabled) {
    bill.assume("metrics", "metrics", "metrics of workloads");
  }
}

/** Machines and their disks. */
export function nodePool(bill: Bill, inputs: Inputs): Written {
  const config = bill.part(inputs.nodeConfig, "nodeConfig", "its machines and disks");
  const nodes = googlePoolNodes(bill.resource);
  if ("why" in nodes) return bill.unpriced("its nodes", nodes.why);
  if (!config) return;
  machines(bill, nodes, config);
  const type = config.diskType ?? "pd-balanced";
  const size = bill.number(config.diskSizeGb ?? 100, "diskSizeGb", "disks of its nodes");
  if (size !== undefined) {
    const what = `${span(nodes)} × ${size} GiB ${word(type)}`;
    bill.charge({ what, item: `disk/${word(type)}`, quantity: times(nodes, size) });
  }
  if (above(config.guestAccelerators?.length, 0))
    bill.unpriced("its accelerators", "the sheet has no prices of accelerators");
  if (above(config.localSsdCount, 0)) bill.unpriced("its local disks", "the sheet has no prices of local disks");
}

/** `e2-standard-4`; shared machines have a price of their own. */
function machines(bill: Bill, nodes: Range, { machineType, spot, preemptible }: Inputs): Written {
  const discounted =
    bill.flag(spot, "spot", "whether its machines are spot") ||
    bill.flag(preemptible, "preemptible", "whether its machines are spot");
  const what = `${span(nodes)} × ${word(machineType)}${discounted ? ", spot" : ""}`;
  if (typeof machineType !== "string") return bill.unpriced("its machines", "machineType is not given");
  const share = discounted ? { share: assumed("spot.google"), usage: "spot.google" } : {};
  const [, family, cores] = /^([a-z][a-z0-9]*-(?:standard|highmem|highcpu))-(\d{1,3})$/.exec(machineType) ?? [];
  const of = family ? times(nodes, Number(cores)) : nodes;
  bill.charge({ what, item: family ? `machine/${family}` : `machine/${machineType}`, quantity: of, ...share });
}

/** Each machine behind it, the addresses that it takes, and all that passes. */
export function nat(bill: Bill, inputs: Inputs): Written {
  const nodes = bill.context.googleNodes;
  // Above 32 machines the price stays (https://cloud.google.com/nat/pricing).
  const most = 32;
  if (!nodes) bill.unpriced("machines behind NAT", "how many nodes there are is not known");
  else {
    const counted = range(Math.min(most, nodes.low), Math.min(most, nodes.likely), Math.min(most, nodes.high));
    bill.charge({ what: `NAT for ${span(counted)} machines`, item: "nat.machine", quantity: counted });
  }
  if (inputs.natIpAllocateOption === "MANUAL_ONLY") {
    const count = Array.isArray(inputs.natIps) ? inputs.natIps.length : undefined;
    const addresses = bill.number(count, "natIps", "addresses of NAT");
    if (addresses !== undefined) {
      bill.charge({ what: `${addresses} addresses of NAT`, item: "address.used", quantity: addresses });
    }
  } else {
    bill.assume("nat.addresses", "address.used", "addresses of NAT");
  }
  bill.assume("nat.data", "nat.data", "traffic through NAT");
}

/** Free while a rule of a balancer uses it. */
export function address(bill: Bill, inputs: Inputs): Written {
  if (inputs.addressType === "INTERNAL") return bill.free("an internal address");
  const balanced = bill.context
    .ofType("kubernetes:core/v1:Service")
    .some(({ inputs: service }) => service?.spec?.type === "LoadBalancer");
  if (balanced) return bill.free("a balancer's rule uses it, and then it costs nothing");
  bill.charge({ what: "an external address that nothing uses", item: "address.idle", quantity: 1 });
}

/** Only its flow logs cost. */
export function subnetwork(bill: Bill, inputs: Inputs): Written {
  if (!inputs.logConfig) return bill.free("a network costs nothing, only NAT, addresses and traffic do");
  bill.assume("logs.flow.google", "logs.network", "flow logs of the subnet");
}

/** A zone of the stack's own; zones that exist are on another bill. */
export function zone(bill: Bill): Written {
  bill.charge({ what: "zone", item: "dns.zone", quantity: 1 });
  bill.assume("dns.questions", "dns.questions", "questions to the zone");
}

export function cryptoKey(bill: Bill, inputs: Inputs): Written {
  const protection = inputs.versionTemplate?.protectionLevel ?? "SOFTWARE";
  if (protection !== "SOFTWARE") {
    return bill.unpriced("versions of the key", `the sheet has no price of protection ${show(protection)}`);
  }
  if (inputs.rotationPeriod) bill.assume("kms.google", "kms.version", "versions of the key");
  else bill.charge({ what: "1 version of the key", item: "kms.version", quantity: 1 });
}

import { assumed, type Bill, type Inputs, span, type Written } from "../bill";
import { above, scaled, show, word } from "../context";
import { range, times } from "../range";
import { priceOf, sheets } from "../sheet";

/** The fee of a cluster; six times as much for a version in extended support, which a policy of STANDARD rules out. */
export function cluster(bill: Bill, inputs: Inputs): Written {
  bill.charge({ what: "control plane", item: "eks.cluster", quantity: 1 });
  if (inputs.computeConfig?.enabled) bill.unpriced("Auto Mode", "the sheet has no prices of it");
  if (inputs.upgradePolicy?.supportType === "STANDARD") return;
  const [standard, extended] = ["eks.cluster", "eks.cluster.extended"].map((item) =>
    priceOf(sheets.amazon, item, bill.region ?? "*"),
  );
  if (!standard || !extended) return bill.unpriced("extended support", "the sheet has no price of it");
  const more = 1 - standard.usd.low / extended.usd.low;
  bill.charge({
    what: "extended support, if the version gets there",
    item: "eks.cluster.extended",
    quantity: range(0, 0, more),
  });
}

/** vCPUs of the sizes of EC2 (https://aws.amazon.com/ec2/instance-types/); those of T have prices of their own. */
const cores: Readonly<Record<string, number>> = {
  ...{ medium: 1, large: 2, xlarge: 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "12xlarge": 48, "16xlarge": 64 },
  ...{ "24xlarge": 96, "48xlarge": 192 },
};

/** The item and how many of its unit one machine is. */
export function machineItem(type: string): { readonly item: string; readonly units: number } {
  const [, family, size = ""] = /^([mcr]\d[a-z-]*)\.([a-z0-9]+)$/.exec(type) ?? [];
  if (family && Object.hasOwn(cores, size)) return { item: `machine/${family}`, units: cores[size]! };
  return { item: `machine/${type}`, units: 1 };
}

/** Machines and their disks, as their launch template has them. */
export function nodeGroup(bill: Bill, inputs: Inputs): Written {
  const { minSize, maxSize } = (inputs.scalingConfig ?? {}) as Inputs;
  const least = bill.number(minSize, "scalingConfig.minSize", "its nodes");
  const most = bill.number(maxSize, "scalingConfig.maxSize", "its nodes");
  if (least === undefined || most === undefined) return;
  const nodes = scaled(least, most);
  const types: unknown[] = Array.isArray(inputs.instanceTypes) ? inputs.instanceTypes : [];
  const [type, ...others] = types;
  if (typeof type !== "string") bill.unpriced("its machines", "instanceTypes names none");
  else {
    const spot = inputs.capacityType === "SPOT";
    if (![undefined, "SPOT", "ON_DEMAND"].includes(inputs.capacityType)) {
      bill.unpriced("whether its machines are spot", `capacityType is ${show(inputs.capacityType)}`);
    }
    const { item, units } = machineItem(type);
    bill.charge({
      ...{ what: `${span(nodes)} × ${type}${spot ? ", spot" : ""}`, item, quantity: times(nodes, units) },
      ...(spot && { share: assumed("spot.amazon"), usage: "spot.amazon" }),
    });
    if (others.length > 0) {
      bill.unpriced(`what ${others.map(word).join(", ")} cost more or less`, `the nodes are counted as ${type}`);
    }
  }
  disks(bill, nodes);
}

function disks(bill: Bill, nodes: ReturnType<typeof scaled>): Written {
  const template = bill.resource.dependencies
    .map((urn) => bill.context.byUrn.get(urn))
    .find((resource) => resource?.type === "aws:ec2/launchTemplate:LaunchTemplate");
  const mappings: unknown = template?.inputs?.blockDeviceMappings;
  if (!Array.isArray(mappings) || mappings.length === 0) {
    return bill.unpriced("disks of its nodes", "its launch template does not say how large they are");
  }
  for (const mapping of mappings as Inputs[]) {
    const { volumeSize, volumeType, iops, throughput } = (mapping?.ebs ?? {}) as Inputs;
    const size = bill.number(volumeSize, "volumeSize", "disks of its nodes");
    if (size === undefined) continue;
    const type = word(volumeType ?? "gp2");
    bill.charge({ what: `${span(nodes)} × ${size} GiB ${type}`, item: `disk/${type}`, quantity: times(nodes, size) });
    if (above(iops, 3000) || above(throughput, 125))
      bill.unpriced("speed of its disks", "the sheet has prices of 3,000 IOPS and 125 MiB/s only");
  }
}

export function natGateway(bill: Bill, inputs: Inputs): Written {
  if (inputs.connectivityType === "private") bill.unpriced("its traffic", "who uses a private gateway is not known");
  bill.charge({ what: "gateway", item: "nat.gateway", quantity: 1 });
  const gateways = bill.context.ofType(bill.resource.type).length;
  bill.assume("nat.data", "nat.data", gateways > 1 ? `traffic, a share of 1/${gateways}` : "traffic", 1 / gateways);
}

/** Every public address costs, used or not. */
export function address(bill: Bill): Written {
  bill.charge({ what: "public address", item: "address", quantity: 1 });
}

/** Gateway endpoints are free; interfaces cost by the hour in each subnet, and by what goes through them. */
export function endpoint(bill: Bill, inputs: Inputs): Written {
  const type = inputs.vpcEndpointType ?? "Gateway";
  if (type === "Gateway") return bill.free("endpoints of type Gateway cost nothing");
  if (type !== "Interface" || !Array.isArray(inputs.subnetIds))
    return bill.unpriced(`endpoint of type ${show(type)}`, "the sheet has no price of it");
  const zones = inputs.subnetIds.length;
  bill.charge({ what: `interface in ${zones} zones`, item: "endpoint", quantity: zones });
  bill.unpriced("its traffic", "0.01 a GB, and how much goes through it instead of NAT is not known");
}

/** The rule costs nothing, the images that it keeps do. */
export function imageCache(bill: Bill): Written {
  bill.unpriced("its images", "0.10 a GB and month, and how large they are is not known");
}

export function key(bill: Bill, inputs: Inputs): Written {
  if (inputs.customerMasterKeySpec !== undefined && inputs.customerMasterKeySpec !== "SYMMETRIC_DEFAULT") {
    return bill.unpriced("the key", `the sheet has no price of ${show(inputs.customerMasterKeySpec)}`);
  }
  if (bill.flag(inputs.enableKeyRotation, "enableKeyRotation", "its rotations")) {
    bill.assume("kms.amazon", "kms.key", "the key and its rotations");
  } else {
    bill.charge({ what: "the key", item: "kms.key", quantity: 1 });
  }
}

/** Which assumption tells how much a log group takes. */
function logUsage(name: unknown): string {
  if (typeof name === "string" && name.startsWith("/aws/eks/")) return "logs.controlPlane";
  if (typeof name === "string" && name.startsWith("/aws/vpc/")) return "logs.flow";
  return "logs.database";
}

/** What is written, and what is kept of it. */
export function logGroup(bill: Bill, inputs: Inputs): Written {
  const usage = logUsage(inputs.name);
  bill.assume(usage, "logs", "taken in");
  if (inputs.logGroupClass !== undefined && inputs.logGroupClass !== "STANDARD") {
    bill.unpriced("its class", `counted as STANDARD, and it is ${show(inputs.logGroupClass)}`);
  }
  if (!inputs.retentionInDays) return bill.unpriced("what is kept", "it is kept for ever, so there is no most");
  const days = bill.number(inputs.retentionInDays, "retentionInDays", "what is kept");
  if (days === undefined) return;
  bill.assume(usage, "logs.stored", `kept for ${days} days`, (days * 12) / 365);
}

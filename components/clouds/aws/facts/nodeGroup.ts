import type { Facts, Inputs } from "../../shared/facts";
import { type Bill, span, type Written } from "../../shared/facts/bill";
import { above, show, word } from "../../shared/facts/count";
import { atMost, demand, exactly } from "../../shared/facts/demand";
import { fixed } from "../../shared/facts/fixed";
import { type Range, times } from "../../shared/facts/range";
import { exchanged, fewerAtLeast, fewerAtMost, lost, lower, other } from "../../shared/facts/risk";
import { at, isHidden, numberOf, stated } from "../../shared/facts/value";
import { launchTemplateType } from "./launchTemplate";
import { later } from "./values";

/** A group of nodes of EKS. */
export const nodeGroup: Facts = {
  "aws:eks/nodeGroup:NodeGroup": {
    stateful: lost.nodes("node group"),
    watch: [
      lower("scalingConfig.maxSize", fewerAtMost),
      lower("scalingConfig.minSize", fewerAtLeast),
      other("version", exchanged),
    ],
    keptByOthers: [{ path: /^scalingConfig\.desiredSize$/, why: "kept by the cluster autoscaler" }],
    demands: {
      "nodes-heal": demand(
        "nodeRepairConfig.enabled",
        exactly(true),
        "set nodeRepairConfig in components/clouds/aws/nodePools.ts",
      ),
      "nodes-upgraded-in-turn": (inputs) => {
        const away = at(inputs, "updateConfig.maxUnavailable");
        const least = numberOf(at(inputs, "scalingConfig.minSize"));
        if (isHidden(away) || away === undefined || least === undefined) return [];
        const most = Math.max(1, Math.ceil(least / 3));
        if (atMost(most).holds(away)) return [];
        const message = `${stated("updateConfig.maxUnavailable", away)} of ${least} nodes, and should be ${most} or less`;
        return [{ message, todo: "set `cluster.pools.<name>.upgrade.maxUnavailable`" }];
      },
    },
    price,
    answer: later((name) => ({ nodeGroupName: `${name}-0a1b2c3` })),
    fixed: fixed(
      "eks/node_group.go",
      "amiType capacityType clusterName diskSize instanceTypes launchTemplate.id launchTemplate.name nodeGroupName " +
        "nodeGroupNamePrefix nodeRoleArn remoteAccess subnetIds",
      { named: "nodeGroupName" },
    ),
    importId: "{clusterName}:{nodeGroupName}",
    wait: {
      words: "eks wait nodegroup-active",
      flags: { "--cluster-name": "clusterName", "--nodegroup-name": "nodeGroupName" },
    },
    machines: {
      pool: ({ scalingConfig, instanceTypes, capacityType }) => ({
        least: scalingConfig?.minSize,
        most: scalingConfig?.maxSize,
        machine: Array.isArray(instanceTypes) ? instanceTypes.join(" or ") : instanceTypes,
        spot: capacityType === "SPOT",
      }),
    },
  },
};

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
function price(bill: Bill, inputs: Inputs): Written {
  const { minSize, maxSize } = (inputs.scalingConfig ?? {}) as Inputs;
  const least = bill.number(minSize, "scalingConfig.minSize", "its nodes");
  const most = bill.number(maxSize, "scalingConfig.maxSize", "its nodes");
  if (least === undefined || most === undefined) return;
  const nodes = bill.scaled(least, most);
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
      ...(spot && { share: bill.assumed("spot.amazon"), usage: "spot.amazon" }),
    });
    if (others.length > 0) {
      bill.unpriced(`what ${others.map(word).join(", ")} cost more or less`, `the nodes are counted as ${type}`);
    }
  }
  disks(bill, nodes);
}

function disks(bill: Bill, nodes: Range): Written {
  const template = bill.resource.dependencies
    .map((urn) => bill.byUrn(urn))
    .find((resource) => resource?.type === launchTemplateType);
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

import type { Facts } from "../../shared/facts";
import { all, demand, exactly, type Look, must, not } from "../../shared/facts/demand";
import { fixed } from "../../shared/facts/fixed";
import { at, isHidden, listOf } from "../../shared/facts/value";
import { free, later } from "./values";

const file = "components/clouds/aws/nodePools.ts";

/** What node groups look for the size of their disks by. */
export const launchTemplateType = "aws:ec2/launchTemplate:LaunchTemplate";

/** What the machines of a node group are made by. */
export const launchTemplate: Facts = {
  [launchTemplateType]: {
    demands: {
      "nodes-private": (inputs) =>
        listOf(at(inputs, "networkInterfaces")).flatMap((_, index) =>
          must(
            inputs,
            `networkInterfaces[${index}].associatePublicIpAddress`,
            not(true),
            `take the address away in ${file}`,
          ),
        ),
      "storage-encrypted": eachDisk(demand("ebs.encrypted", exactly(true), `set ebs.encrypted in ${file}`)),
      "node-metadata-closed": all(
        demand("metadataOptions.httpTokens", exactly("required"), `set httpTokens in ${file}`),
        demand("metadataOptions.httpPutResponseHopLimit", exactly(1), `set httpPutResponseHopLimit in ${file}`),
      ),
    },
    price: free.launchTemplate,
    answer: later(() => ({ latestVersion: 1 })),
    fixed: fixed("ec2/ec2_launch_template.go", "name namePrefix", { named: "name" }),
  },
};

function eachDisk(look: Look): Look {
  return (inputs, resource) =>
    listOf(at(inputs, "blockDeviceMappings")).flatMap((disk, index) =>
      isHidden(disk)
        ? []
        : look(disk, resource).map((found) => ({
            ...found,
            message: `blockDeviceMappings[${index}].${found.message}`,
          })),
    );
}

import type { Facts } from "../../shared/facts";
import { nothing } from "../../shared/facts/answer";
import { demand, like } from "../../shared/facts/demand";
import { fixed } from "../../shared/facts/fixed";
import { free } from "./values";

/** The record of a network's connections. */
export const flowLog: Facts = {
  "aws:ec2/flowLog:FlowLog": {
    demands: {
      "network-logged": demand(
        "trafficType",
        like(/^(ALL|REJECT)$/, '"ALL" or "REJECT"'),
        "set trafficType in components/clouds/aws/logs.ts",
      ),
    },
    price: free.flowLog,
    answer: nothing,
    fixed: fixed(
      "ec2/vpc_flow_log.go",
      "deliverCrossAccountRole destinationOptions eniId iamRoleArn logDestination logDestinationType logFormat " +
        "maxAggregationInterval regionalNatGatewayId subnetId tagFieldSpecifications trafficType " +
        "transitGatewayAttachmentId transitGatewayId vpcId",
    ),
  },
};

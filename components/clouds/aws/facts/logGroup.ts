import type { Facts, Inputs } from "../../shared/facts";
import type { Bill, Written } from "../../shared/facts/bill";
import { show } from "../../shared/facts/count";
import { atLeast, demand, given } from "../../shared/facts/demand";
import { fixed } from "../../shared/facts/fixed";
import { at, isHidden, isSame, stated } from "../../shared/facts/value";
import { arn, later } from "./values";

/** Logs in CloudWatch. */
export const logGroup: Facts = {
  "aws:cloudwatch/logGroup:LogGroup": {
    stateful: { noun: "log group", loss: "the logs in it are lost" },
    demands: {
      "storage-encrypted": demand(
        "kmsKeyId",
        given,
        "give the cluster's key where the log group is made (components/clouds/aws/logs.ts)",
      ),
      "logs-kept": (inputs) => {
        const value = at(inputs, "retentionInDays");
        // Not set, or 0, is for ever.
        if (value === undefined || isSame(value, 0) || isHidden(value) || atLeast(90).holds(value)) return [];
        return [
          {
            message: `${stated("retentionInDays", value)}, and should be 90 or more`,
            todo: "set `cluster.logRetentionDays`, `postgres.logRetentionDays` or `redis.logRetentionDays`",
          },
        ];
      },
    },
    price,
    answer: later((_name, inputs) => ({ arn: arn("logs", `log-group:${inputs.name}`) })),
    fixed: fixed("logs/group.go", "logGroupClass name namePrefix", { named: "name" }),
    importId: "{name}",
  },
};

/** Which assumption tells how much a log group takes. */
function logUsage(name: unknown): string {
  if (typeof name === "string" && name.startsWith("/aws/eks/")) return "logs.controlPlane";
  if (typeof name === "string" && name.startsWith("/aws/vpc/")) return "logs.flow";
  return "logs.database";
}

/** What is written, and what is kept of it. */
function price(bill: Bill, inputs: Inputs): Written {
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

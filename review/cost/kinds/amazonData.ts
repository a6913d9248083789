import { assumed, type Bill, type Inputs, type Written } from "../bill";
import { above, show, word } from "../context";
import { range, times } from "../range";

/** The server, twice in two zones; its disk from what it has to what it may grow to, twice as well; backups, measurements. */
export function rds(bill: Bill, inputs: Inputs): Written {
  const engine = inputs.engine;
  if (engine !== "postgres")
    return bill.unpriced(`a server of ${show(engine)}`, "the sheet has prices of postgres only");
  const servers = bill.flag(inputs.multiAz, "multiAz", "its standby") ? 2 : 1;
  const both = servers === 2 ? ", twice for the standby" : "";
  const name = word(inputs.instanceClass);
  if (typeof inputs.instanceClass !== "string") bill.unpriced("its machine", "instanceClass is not given");
  else bill.charge({ what: `${name}${both}`, item: `rds/${inputs.instanceClass}`, quantity: servers });
  disk(bill, inputs, servers, both);
  if (above(inputs.monitoringInterval, 0)) bill.assume("monitoring.rds", "logs", "enhanced monitoring");
  if (inputs.performanceInsightsEnabled === true && above(inputs.performanceInsightsRetentionPeriod, 7)) {
    bill.unpriced("Performance Insights", "the sheet has no price of more than seven days, which are free");
  }
  if (inputs.databaseInsightsMode === "advanced")
    bill.unpriced("Database Insights", "the sheet has no price of mode advanced");
  if (inputs.engineLifecycleSupport === "open-source-rds-extended-support") {
    bill.unpriced("extended support, if the version gets there", "the sheet has no price of it");
  }
}

function disk(bill: Bill, inputs: Inputs, servers: number, both: string): Written {
  const type = word(inputs.storageType ?? "gp2");
  const size = bill.number(inputs.allocatedStorage, "allocatedStorage", "its disk");
  if (size === undefined) return;
  const most = inputs.maxAllocatedStorage
    ? bill.number(inputs.maxAllocatedStorage, "maxAllocatedStorage", "growth of its disk")
    : undefined;
  const gibibytes = range(size, size, Math.max(size, most ?? size));
  const grown = gibibytes.high > size ? ` to ${gibibytes.high}` : "";
  const what = `disk of ${size}${grown} GiB ${type}${both}`;
  bill.charge({ what, item: `rds.disk/${type}`, quantity: times(gibibytes, servers) });
  if (inputs.iops || inputs.storageThroughput)
    bill.unpriced("speed of its disk", "the sheet has no price of more than the baseline");
  const kept = bill.number(inputs.backupRetentionPeriod ?? 0, "backupRetentionPeriod", "backups");
  if (kept === undefined || kept === 0) return;
  const quantity = times(gibibytes, assumed("backups.rds"));
  bill.charge({ what: "backups beyond the size of the disk", item: "rds.backup", quantity, usage: "backups.rds" });
}

/** Every node of a group, and its snapshots. */
export function replicationGroup(bill: Bill, inputs: Inputs): Written {
  const engine = inputs.engine ?? "redis";
  const name = word(inputs.nodeType);
  const nodes = nodesOf(bill, inputs);
  if (nodes !== undefined) {
    if (typeof inputs.nodeType !== "string") bill.unpriced("its nodes", "nodeType is not given");
    else if (engine !== "valkey") {
      bill.unpriced(`${nodes} × ${name}`, `the sheet has prices of valkey only, and the engine is ${show(engine)}`);
    } else bill.charge({ what: `${nodes} × ${name}`, item: `valkey/${inputs.nodeType}`, quantity: nodes });
  }
  const kept = bill.number(inputs.snapshotRetentionLimit ?? 0, "snapshotRetentionLimit", "snapshots");
  if (kept) bill.assume("backups.valkey", "valkey.backup", "snapshots");
}

/** Without shards a number of its own; with them each has a primary and its replicas. */
function nodesOf(bill: Bill, inputs: Inputs): number | undefined {
  if (inputs.numNodeGroups === undefined) return bill.number(inputs.numCacheClusters, "numCacheClusters", "its nodes");
  const shards = bill.number(inputs.numNodeGroups, "numNodeGroups", "its nodes");
  const replicas = bill.number(inputs.replicasPerNodeGroup ?? 0, "replicasPerNodeGroup", "its nodes");
  return shards === undefined || replicas === undefined ? undefined : shards * (1 + replicas);
}

import type { Facts, Inputs } from "../../shared/facts";
import { named } from "../../shared/facts/answer";
import type { Bill, Written } from "../../shared/facts/bill";
import { show, word } from "../../shared/facts/count";
import { all, atLeast, type Complaint, demand, exactly, given } from "../../shared/facts/demand";
import { becomes, fixed, isDowngrade } from "../../shared/facts/fixed";
import { exchanged, lost, other, upgraded } from "../../shared/facts/risk";
import { at, stated } from "../../shared/facts/value";
import { snapshot } from "./snapshot";
import { arn, free } from "./values";

const file = "components/clouds/aws/redis.ts";
const watch = [other("nodeType", exchanged), other("engineVersion", upgraded)];

export const replicationGroupType = "aws:elasticache/replicationGroup:ReplicationGroup";

/** Servers of ElastiCache, with what they are made of. */
export const replicationGroup: Facts = {
  [replicationGroupType]: {
    stateful: lost.redis,
    watch,
    demands: {
      "storage-encrypted": all(
        demand("atRestEncryptionEnabled", exactly(true), `set atRestEncryptionEnabled in ${file}`),
        demand("kmsKeyId", given, `give the cluster's key in ${file}`),
      ),
      "data-in-two-zones": all(
        demand("automaticFailoverEnabled", exactly(true), "set `redis.replicas` to 1 or more"),
        demand("multiAzEnabled", exactly(true), "set `redis.replicas` to 1 or more"),
      ),
      "data-patched": demand("autoMinorVersionUpgrade", exactly(true), `set autoMinorVersionUpgrade in ${file}`),
      "redis-persistent": demand("snapshotRetentionLimit", atLeast(1), "set `redis.snapshots.days`"),
      "redis-authenticated": asksWho,
      "redis-tls": all(
        demand("transitEncryptionEnabled", exactly(true), `set transitEncryptionEnabled in ${file}`),
        demand("transitEncryptionMode", exactly("required"), `set transitEncryptionMode in ${file}`),
      ),
    },
    guards: [],
    price,
    answer: (inputs, { preview }) =>
      preview
        ? {}
        : {
            primaryEndpointAddress: `master.${inputs.replicationGroupId}.a1b2c3.euw1.cache.amazonaws.com`,
            readerEndpointAddress: `replica.${inputs.replicationGroupId}.a1b2c3.euw1.cache.amazonaws.com`,
            arn: arn("elasticache", `replicationgroup:${inputs.replicationGroupId}`),
            engineVersionActual: `${inputs.engineVersion}.0`,
          },
    fixed: fixed(
      "elasticache/replication_group.go",
      "atRestEncryptionEnabled dataTieringEnabled globalReplicationGroupId kmsKeyId networkType port " +
        "replicationGroupId securityGroupNames snapshotArns snapshotName subnetGroupName",
      { named: "replicationGroupId", sometimes: { engine: becomes("redis", "redis"), engineVersion: isDowngrade } },
    ),
    importId: "{replicationGroupId}",
    wait: {
      words: "elasticache wait replication-group-available",
      flags: { "--replication-group-id": "replicationGroupId" },
    },
    leaves: ({ inputs = {}, outputs = {} }) => snapshot("ElastiCache", inputs.finalSnapshotIdentifier, outputs),
    managed: {
      tier: "redis",
      product: "ElastiCache",
      ports: [6379],
      version: ({ engine, engineVersion }) => `${engine === "valkey" ? "Valkey" : "Redis"} ${engineVersion}`,
      details: ({ nodeType, multiAzEnabled, numCacheClusters }) => [
        nodeType,
        multiAzEnabled === true && `${numCacheClusters} zones`,
      ],
      running: ({ engine, engineVersionActual, engineVersion }) => `${engine} ${engineVersionActual ?? engineVersion}`,
    },
  },
  "aws:elasticache/cluster:Cluster": { stateful: lost.redis, watch },
  "aws:elasticache/serverlessCache:ServerlessCache": { stateful: lost.redis },
  "aws:elasticache/subnetGroup:SubnetGroup": {
    price: free.elastiCache,
    answer: named,
    fixed: fixed("elasticache/subnet_group.go", "name", { named: "name" }),
    importId: "{name}",
  },
  "aws:elasticache/parameterGroup:ParameterGroup": {
    price: free.elastiCache,
    answer: named,
    fixed: fixed("elasticache/parameter_group.go", "description family name", { named: "name" }),
    importId: "{name}",
  },
};

function asksWho(inputs: unknown): Complaint[] {
  const [groups, token] = [at(inputs, "userGroupIds"), at(inputs, "authToken")];
  if (given.holds(groups) || given.holds(token)) return [];
  return [{ message: `${stated("userGroupIds", groups)} and authToken is not set`, todo: `give users in ${file}` }];
}

/** Every node of a group, and its snapshots. */
function price(bill: Bill, inputs: Inputs): Written {
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

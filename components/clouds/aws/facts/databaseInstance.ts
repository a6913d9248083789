import type { StateEntry } from "../../shared/deployed";
import type { Facts, Inputs } from "../../shared/facts";
import { named } from "../../shared/facts/answer";
import type { Bill, Written } from "../../shared/facts/bill";
import { above, show, word } from "../../shared/facts/count";
import { all, atLeast, aWeek, type Complaint, demand, exactly, given, type Look, not } from "../../shared/facts/demand";
import { fixed, isAddedOrRemoved } from "../../shared/facts/fixed";
import type { LeftBehind } from "../../shared/facts/life";
import { publiclyAccessible } from "../../shared/facts/openings";
import { range, times } from "../../shared/facts/range";
import { isGrown, lost, other, restarts, upgraded } from "../../shared/facts/risk";
import { at, isHidden, listOf, stated, textOf } from "../../shared/facts/value";
import { snapshot } from "./snapshot";
import { arn, free, region, regionOf, textOr } from "./values";

const file = "components/clouds/aws/postgres.ts";
const stateful = (noun: string) => lost.database(noun, "with its automated backups where no final snapshot is taken");

export const databaseInstanceType = "aws:rds/instance:Instance";

/** Servers of RDS, with what they are made of. */
export const databaseInstance: Facts = {
  [databaseInstanceType]: {
    stateful: stateful("RDS instance"),
    openings: publiclyAccessible,
    watch: [other("instanceClass", restarts), other("engineVersion", upgraded)],
    keptByOthers: [
      {
        path: /^(allocatedStorage|latestRestorableTime)$/,
        when: ({ path, before, after }) => path !== "allocatedStorage" || isGrown(before, after),
        why: "the disk grows by itself",
      },
    ],
    demands: {
      "database-not-public": demand("publiclyAccessible", not(true), `set publiclyAccessible to false in ${file}`),
      "storage-encrypted": all(
        demand("storageEncrypted", exactly(true), `set storageEncrypted in ${file}`),
        demand("kmsKeyId", given, `give the cluster's key in ${file}`),
      ),
      // RDS keeps the log for as long as it keeps backups; 0 turns both off.
      "backups-on": demand("backupRetentionPeriod", atLeast(1), "set `postgres.backups.days`"),
      "backups-kept-a-week": all(
        overZero("backupRetentionPeriod", "set `postgres.backups.days`"),
        demand("skipFinalSnapshot", exactly(false), `set skipFinalSnapshot to false in ${file}`),
      ),
      "data-in-two-zones": demand("multiAz", exactly(true), "set `postgres.highAvailability`: true"),
      "data-patched": demand("autoMinorVersionUpgrade", exactly(true), `set autoMinorVersionUpgrade in ${file}`),
    },
    guards: ["deletionProtection"],
    price,
    answer: (inputs, { preview }) => {
      if (preview) return {};
      const address = `${inputs.identifier}.c1a2b3c4d5e6.${region}.rds.amazonaws.com`;
      return {
        address,
        endpoint: `${address}:${inputs.port}`,
        arn: arn("rds", `db:${inputs.identifier}`),
        engineVersionActual: `${inputs.engineVersion}.5`,
      };
    },
    fixed: fixed(
      "rds/instance.go",
      "availabilityZone backupTarget characterSetName customIamInstanceProfile dbName engine kmsKeyId " +
        "ncharCharacterSetName s3Import snapshotIdentifier storageEncrypted timezone username",
      { named: "identifier", sometimes: { restoreToPointInTime: isAddedOrRemoved } },
    ),
    importId: "{identifier}",
    wait: { words: "rds wait db-instance-available", flags: { "--db-instance-identifier": "identifier" } },
    leaves,
    managed: {
      tier: "postgres",
      product: "RDS",
      ports: [5432],
      version: ({ engineVersion }) => `Postgres ${engineVersion}`,
      details: ({ instanceClass, multiAz }) => [instanceClass, multiAz === true && "two zones"],
      running: ({ engine, engineVersionActual, engineVersion }) => `${engine} ${engineVersionActual ?? engineVersion}`,
    },
  },
  "aws:rds/cluster:Cluster": { stateful: stateful("RDS cluster") },
  "aws:rds/clusterInstance:ClusterInstance": { openings: publiclyAccessible },
  "aws:redshift/cluster:Cluster": { openings: publiclyAccessible },
  "aws:dms/replicationInstance:ReplicationInstance": { openings: publiclyAccessible },
  "aws:rds/subnetGroup:SubnetGroup": {
    price: free.rds,
    answer: named,
    fixed: fixed("rds/subnet_group.go", "name namePrefix", { named: "name" }),
    importId: "{name}",
  },
  "aws:rds/parameterGroup:ParameterGroup": {
    demands: { "database-tls-enforced": forcesTls },
    price: free.rds,
    answer: named,
    fixed: fixed("rds/parameter_group.go", "description family name namePrefix", { named: "name" }),
    importId: "{name}",
  },
};

function forcesTls(inputs: unknown): Complaint[] {
  const family = textOf(at(inputs, "family"));
  const parameters = at(inputs, "parameters");
  if (!family?.startsWith("postgres") || isHidden(parameters) || listOf(parameters).some(isHidden)) return [];
  const found = listOf(parameters).find((entry) => at(entry, "name") === "rds.force_ssl");
  const names = listOf(parameters).map((entry) => at(entry, "name"));
  const value = at(found, "value");
  if (isHidden(value) || String(value) === "1" || (!found && names.some(isHidden))) return [];
  return [
    {
      message: `parameters: ${stated("rds.force_ssl", value)}, and must be "1"`,
      todo: "keep rds.force_ssl in components/clouds/aws/postgresParameters.ts",
    },
  ];
}

/** Off altogether is what another rule says. */
function overZero(path: string, todo: string): Look {
  const look = demand(path, atLeast(aWeek), todo);
  return (inputs, resource) => (atLeast(1).holds(at(inputs, path)) ? look(inputs, resource) : []);
}

function leaves({ inputs = {}, outputs = {} }: StateEntry): LeftBehind[] {
  return [
    ...(inputs.skipFinalSnapshot === true ? [] : snapshot("RDS", inputs.finalSnapshotIdentifier, outputs)),
    ...(inputs.deleteAutomatedBackups === false
      ? [
          {
            what: `the automated backups of the database ${textOr(outputs.identifier ?? inputs.identifier)}, for the days that it kept them`,
            todo: `aws rds describe-db-instance-automated-backups --region ${regionOf(outputs)}`,
          },
        ]
      : []),
  ];
}

/** The server, twice in two zones; its disk from what it has to what it may grow to, twice as well; backups, measurements. */
function price(bill: Bill, inputs: Inputs): Written {
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
  const quantity = times(gibibytes, bill.assumed("backups.rds"));
  bill.charge({ what: "backups beyond the size of the disk", item: "rds.backup", quantity, usage: "backups.rds" });
}

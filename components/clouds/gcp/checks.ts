import { show } from "../../schema/fields";
import type { ParsedOf } from "../../schema/sealed";
import { type CloudCheck, ofKind } from "../shared/check";
import { madeClusterChecks, outageAdvice, tooManyConnections } from "../shared/checks";
import type { PoolSettings } from "../shared/pools";
import type { gkeCluster } from "./settings/cluster";
import type { cloudSqlPostgres } from "./settings/postgres";
import type { memorystoreRedis } from "./settings/redis";
import { takesPersistentDisks } from "./settings/values";

type Gke = ParsedOf<typeof gkeCluster>;
type CloudSql = ParsedOf<typeof cloudSqlPostgres>;
type Memorystore = ParsedOf<typeof memorystoreRedis>;

/** Disks of GKE's storage classes that every node pool has do not go into machines that take only Hyperdisk. */
const disksOfMachines: CloudCheck = ({ cluster, postgres, redis }, { errors }) => {
  const gke = ofKind<Gke>(cluster, "gke");
  if (!gke) return;
  const layers = Object.entries({ postgres, redis }).filter(([, layer]) =>
    ["inCluster", "cloudNativePg"].includes(layer?.kind ?? ""),
  );
  const all = Object.entries(gke.pools as Readonly<Record<string, PoolSettings & { machineType: string }>>);
  const own = all.filter(([, { role }]) => role === "data");
  const takesData = own.length > 0 ? own : all.filter(([, { role }]) => role === "apps");
  for (const [pool, { machineType }] of takesData.filter(([, each]) => !takesPersistentDisks(each.machineType))) {
    for (const [layer, store] of layers) {
      errors.push(
        `cluster.pools.${pool}.machineType: ${show(machineType)} takes no persistent disks, which ${layer}.kind ${store?.kind} needs; use e.g. e2-standard-4, or a managed kind`,
      );
    }
  }
};

/** Connections that Cloud SQL itself allows for this much memory (https://cloud.google.com/sql/docs/postgres/quotas). */
const connectionsOf: readonly (readonly [gibibytes: number, connections: number])[] = [
  [120, 1000],
  [60, 800],
  [30, 600],
  [15, 500],
  [7.5, 400],
  [6, 200],
  [3.75, 100],
];

function usualConnections(tier: string): number | undefined {
  const mebibytes = /^db-custom-\d+-(\d+)$/.exec(tier)?.[1];
  if (!mebibytes) return undefined;
  return connectionsOf.find(([gibibytes]) => Number(mebibytes) / 1024 >= gibibytes)?.[1];
}

const connections: CloudCheck = ({ postgres }, { warnings }) => {
  const cloudSql = ofKind<CloudSql>(postgres, "cloudSql");
  if (!cloudSql) return;
  warnings.push(...tooManyConnections(cloudSql.maxConnections, usualConnections(cloudSql.tier), "tier"));
};

/** A second server that takes over. Without it every maintenance of the cloud is an outage of minutes. */
const secondServer: CloudCheck = ({ postgres, redis }, found) => {
  if (ofKind<CloudSql>(postgres, "cloudSql")?.highAvailability === false)
    found.warnInProduction(`postgres.highAvailability: false ${outageAdvice} true`);
  if (ofKind<Memorystore>(redis, "memorystore")?.highAvailability === false)
    found.warnInProduction(`redis.highAvailability: false ${outageAdvice} true`);
};

/** Choices of Cloud SQL that are meant for a while, or for a stack that nobody misses. */
const cloudSqlChoices: CloudCheck = ({ postgres }, found) => {
  const cloudSql = ofKind<CloudSql>(postgres, "cloudSql");
  if (!cloudSql) return;
  if (cloudSql.backups.finalDays === 0)
    found.warnInProduction(
      "postgres.backups.finalDays: 0 deletes every backup together with the server; use the days in which a mistake is found",
    );
  if (cloudSql.connection === "authProxy" && !cloudSql.proxyOnly)
    found.warnInProduction(
      "postgres.proxyOnly: false leaves the way past the proxy open; set it to true when every pod runs with the proxy",
    );
};

/** What lies between the settings of Google Cloud and others. */
export const checks: readonly CloudCheck[] = [
  ...madeClusterChecks("gke"),
  disksOfMachines,
  connections,
  secondServer,
  cloudSqlChoices,
];

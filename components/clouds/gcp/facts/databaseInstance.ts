import { secretOf } from "../../../../lib/engineValues";
import type { Facts, Inputs } from "../../shared/facts";
import { type Answer, named, nothing } from "../../shared/facts/answer";
import type { Bill, Written } from "../../shared/facts/bill";
import { show, word } from "../../shared/facts/count";
import { all, atLeast, aWeek, type Complaint, demand, exactly, oneOf } from "../../shared/facts/demand";
import { fixed, isRemoved, isSwitchedOff, shrinks } from "../../shared/facts/fixed";
import { versioned } from "../../shared/facts/landscape";
import { type Opening, ranges } from "../../shared/facts/openings";
import { range, times } from "../../shared/facts/range";
import { isGrown, lost, other, restarts, upgraded } from "../../shared/facts/risk";
import { at, listOf, stated } from "../../shared/facts/value";
import { free } from "./values";

const file = "components/clouds/gcp/postgres.ts";
const networks = "settings.ipConfiguration.authorizedNetworks";

/** Among what needs the peering of a network. */
export const databaseInstanceType = "gcp:sql/databaseInstance:DatabaseInstance";

/** Servers of Cloud SQL, with what is in them. */
export const databaseInstance: Facts = {
  [databaseInstanceType]: {
    stateful: lost.database("Cloud SQL instance", "and its automated backups and its point-in-time recovery with them"),
    openings,
    watch: [
      other("settings.tier", restarts),
      other("settings.availabilityType", restarts),
      other("databaseVersion", upgraded),
    ],
    keptByOthers: [
      {
        path: /^settings\.(diskSize|version)$/,
        when: ({ path, before, after }) => path === "settings.version" || isGrown(before, after),
        why: "the disk grows by itself",
      },
    ],
    demands: {
      "database-not-public": all(
        demand("settings.ipConfiguration.ipv4Enabled", exactly(false), `set ipv4Enabled to false in ${file}`),
        noNetworks,
      ),
      "database-tls-enforced": demand(
        "settings.ipConfiguration.sslMode",
        oneOf("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"),
        `set sslMode in ${file}`,
      ),
      "backups-on": all(
        demand("settings.backupConfiguration.enabled", exactly(true), `set backupConfiguration in ${file}`),
        demand(
          "settings.backupConfiguration.pointInTimeRecoveryEnabled",
          exactly(true),
          `set pointInTimeRecoveryEnabled in ${file}`,
        ),
      ),
      "backups-kept-a-week": all(
        demand(
          "settings.backupConfiguration.transactionLogRetentionDays",
          atLeast(aWeek),
          "set `postgres.backups.transactionLogDays`",
        ),
        demand(
          "settings.backupConfiguration.backupRetentionSettings.retainedBackups",
          atLeast(aWeek),
          "set `postgres.backups.retained`",
        ),
      ),
      "data-in-two-zones": demand(
        "settings.availabilityType",
        exactly("REGIONAL"),
        "set `postgres.highAvailability`: true",
      ),
    },
    guards: ["deletionProtection", "settings.deletionProtectionEnabled"],
    price,
    answer,
    fixed: fixed("sql/resource_sql_database_instance.go", "name project region encryptionKeyName settings.collation", {
      named: "name",
      sometimes: {
        masterInstanceName: isOtherPrimary,
        replicaConfiguration: isOtherPrimary,
        "settings.autoUpgradeEnabled": isSwitchedOff,
        // A disk that grows by itself may be larger than the program says.
        "settings.diskSize": (before, after, news) =>
          shrinks(before, after) && (news.settings as { diskAutoresize?: unknown }).diskAutoresize === false,
        "settings.ipConfiguration.privateNetwork": isRemoved,
      },
    }),
    importId: "projects/{project}/instances/{name}",
    managed: {
      tier: "postgres",
      product: "Cloud SQL",
      // Directly, and through its proxy.
      ports: [5432, 3307],
      version: ({ databaseVersion }) => versioned("Postgres", databaseVersion),
      details: ({ settings }) => [settings?.tier, settings?.availabilityType === "REGIONAL" && "two zones"],
      running: ({ databaseVersion }) => String(databaseVersion),
    },
  },
  "gcp:sql/database:Database": {
    stateful: { noun: "database", loss: "its tables and all rows in them are lost" },
    price: free.database,
  },
  "gcp:sql/user:User": {
    price: free.user,
    answer: nothing,
    fixed: fixed("sql/resource_sql_user.go", "name host instance project type", { named: "name" }),
    importId: "{project}/{instance}/{name}",
  },
};

/** Another primary than before; one that goes is a replica that is promoted, in place. */
function isOtherPrimary(before: unknown, after: unknown): boolean {
  return !isRemoved(before, after);
}

function openings({ settings }: Inputs): Opening[] {
  const configuration = settings?.ipConfiguration ?? {};
  return [
    ...(configuration.ipv4Enabled === true
      ? [{ path: "settings.ipConfiguration.ipv4Enabled", what: "the database gets a public address" }]
      : []),
    ...ranges(configuration.authorizedNetworks, networks, "the database"),
  ];
}

function noNetworks(inputs: unknown): Complaint[] {
  const listed = listOf(at(inputs, networks));
  if (listed.length === 0) return [];
  return [
    {
      message: `${stated(networks, listed)}, and must be empty`,
      todo: `take the networks away in ${file}: pods reach the database by its private address`,
    },
  ];
}

function answer(inputs: Inputs, context: Parameters<Answer>[1]): Record<string, unknown> {
  if (context.preview) return {};
  const { name } = named(inputs, context);
  return {
    name,
    connectionName: `${inputs.project}:${inputs.region}:${name}`,
    privateIpAddress: "10.67.0.3",
    serverCaCerts: [
      {
        cert: secretOf("-----BEGIN CERTIFICATE-----\nauthority of the database\n-----END CERTIFICATE-----"),
        commonName: "C=US,O=Google\\, Inc,CN=Google Cloud SQL Server CA",
        sha1Fingerprint: "0123456789abcdef0123456789abcdef01234567",
      },
    ],
  };
}

/** The machine, twice with a standby; its disk from what it has to what it may grow to, twice as well; backups. */
function price(bill: Bill, inputs: Inputs): Written {
  const settings = bill.part(inputs.settings, "settings", "the instance");
  if (!settings) return;
  const standby = settings.availabilityType === "REGIONAL";
  if (typeof settings.availabilityType === "string" && !["REGIONAL", "ZONAL"].includes(settings.availabilityType)) {
    bill.unpriced(
      "its standby",
      `whether there is one is not known: availabilityType is ${show(settings.availabilityType)}`,
    );
  }
  const servers = standby ? 2 : 1;
  const both = standby ? ", twice for the standby" : "";
  const [, cores, mebibytes] = /^db-custom-(\d{1,3})-(\d{1,7})$/.exec(word(settings.tier)) ?? [];
  if (settings.edition !== undefined && settings.edition !== "ENTERPRISE") {
    bill.unpriced(`${show(settings.tier)}${both}`, `the sheet has no prices of edition ${show(settings.edition)}`);
  } else if (cores) {
    const gibibytes = Number(mebibytes) / 1024;
    bill.charge({ what: `${cores} vCPU${both}`, item: "sql.cpu", quantity: Number(cores) * servers });
    bill.charge({ what: `${gibibytes} GiB of memory${both}`, item: "sql.memory", quantity: gibibytes * servers });
  } else {
    bill.unpriced(`machine ${show(settings.tier)}${both}`, "only db-custom-<vCPUs>-<MiB> is counted");
  }
  disk(bill, settings, servers, both);
  if (settings.ipConfiguration?.ipv4Enabled === true)
    bill.unpriced("its external address", "the sheet has no price of it");
}

function disk(bill: Bill, settings: Inputs, servers: number, both: string): Written {
  const size = bill.number(settings.diskSize ?? 10, "diskSize", "its disk");
  if (size === undefined) return;
  const grows = settings.diskAutoresize !== false;
  const limit = settings.diskAutoresizeLimit ?? 0;
  // Without a limit it grows to 64 TB, which says nothing about what it costs.
  if (grows && limit === 0) bill.unpriced("growth of its disk", "there is no limit, so there is no most");
  const most = grows && limit !== 0 ? bill.number(limit, "diskAutoresizeLimit", "growth of its disk") : undefined;
  const gibibytes = range(size, size, Math.max(size, most ?? size));
  const grown = gibibytes.high > size ? ` to ${gibibytes.high}` : "";
  const item = `sql.disk/${word(settings.diskType ?? "PD_SSD")}`;
  bill.charge({ what: `disk of ${size}${grown} GiB${both}`, item, quantity: times(gibibytes, servers) });
  if (settings.backupConfiguration?.enabled) {
    const kept = times(gibibytes, bill.assumed("backups.cloudSql"));
    bill.charge({ what: "backups", item: "sql.backup", quantity: kept, usage: "backups.cloudSql" });
  }
}

import { isNewer, lineOf, minorAfter, newestOf } from "../../../calendar/order";
import type { ParsedOf } from "../../../schema/sealed";
import { answerOf, ask } from "../../shared/doctor/ask";
import type { CloudSubject } from "../../shared/doctor/model";
import {
  fromTable,
  newerLines,
  type Programs,
  type RunningServers,
  reasonsOf,
  storeFact,
  type VersionFact,
  versionIn,
} from "../../shared/versions";
import { cloudSqlSupport, gkeSupport, memorystoreSupport } from "../settings/calendar";
import type { gkeCluster } from "../settings/cluster";

type Gke = ParsedOf<typeof gkeCluster>;

const provider = "Google Cloud";

/** What Google Cloud runs of a stack: the control plane, node pools, Cloud SQL and Memorystore. */
export async function stackVersions(
  { settings, clusterName }: CloudSubject,
  world: Programs,
  servers: RunningServers,
): Promise<VersionFact[]> {
  const { postgres, redis } = settings;
  if (settings.cluster.kind !== "gke") return [];
  const cluster = settings.cluster as Gke;
  const found = await Promise.all([
    kubernetes(cluster, clusterName, world),
    postgres?.kind === "cloudSql" ? cloudSql(versionIn(postgres), cluster, world, servers) : [],
    redis?.kind === "memorystore" ? [memorystore(versionIn(redis), servers, world.now)] : [],
  ]);
  return found.flat();
}

interface ServerConfig {
  readonly channels?: readonly {
    readonly channel: string;
    readonly defaultVersion?: string;
    readonly validVersions?: readonly string[];
  }[];
}

interface RunningCluster {
  readonly currentMasterVersion?: string;
  readonly nodePools?: readonly { readonly name: string; readonly version?: string }[];
}

async function kubernetes(cluster: Gke, name: string, world: Programs): Promise<VersionFact[]> {
  const { region, project, releaseChannel } = cluster;
  const [offered, runs] = await Promise.all([
    ask<ServerConfig>(
      ...([world, "GKE's versions", "gcloud", "container", "get-server-config"] as const),
      ...["--region", region, "--project", project, "--format", "json"],
    ),
    ask<RunningCluster | null>(
      ...([world, `cluster ${name}`, "gcloud", "container", "clusters", "describe", name] as const),
      ...["--location", region, "--project", project, "--format", "json"],
    ),
  ]);
  const running = answerOf(runs);
  const channel = answerOf(offered)?.channels?.find((one) => one.channel === releaseChannel);
  const valid = channel?.validVersions ?? [];
  const now = running?.currentMasterVersion ?? channel?.defaultVersion;
  const setting = `cluster.releaseChannel (${releaseChannel}); GKE upgrades by itself`;
  const newestOfLine = (version: string) =>
    newestOf([version, ...valid].filter((one) => lineOf(one, 2) === lineOf(version, 2)));
  // A cluster that is not there yet is no failure: its settings count.
  const notThere = "finding" in runs && /404|not found/i.test(runs.finding.what);
  const notes = reasonsOf([offered, notThere ? undefined : runs]);
  if (!now) return [{ what: "Kubernetes on GKE", sources: [], notes, setting }];
  const line = lineOf(now, 2) ?? now;
  const known = fromTable(gkeSupport, line, world.now);
  const after = minorAfter(line);
  const lines = valid.length > 0 ? valid.map((one) => lineOf(one, 2)) : newerLines(gkeSupport, line, world.now);
  const common = { ...known, sources: [provider, ...known.sources], notes: [...known.notes, ...notes] };
  return [
    {
      ...{ ...common, what: "Kubernetes on GKE", now, newest: newestOfLine(now), setting },
      ...(lines.includes(after) && { next: after }),
    },
    ...(running?.nodePools ?? []).flatMap(({ name: pool, version }): VersionFact[] => {
      if (!version) return [];
      const nodes = fromTable(gkeSupport, lineOf(version, 2) ?? version, world.now);
      return [
        {
          ...{ ...nodes, what: `node pool ${pool}`, now: version, newest: newestOfLine(version), setting },
          sources: [provider, ...nodes.sources],
          // Nodes follow the control plane.
          ...(isNewer(now, version) && lineOf(now, 2) !== lineOf(version, 2) && { next: lineOf(now, 2)! }),
        },
      ];
    }),
  ];
}

interface Instance {
  readonly databaseInstalledVersion?: string;
  readonly databaseVersion?: string;
  readonly upgradableDatabaseVersions?: readonly { readonly name?: string }[];
  readonly maintenanceVersion?: string;
  readonly availableMaintenanceVersions?: readonly string[];
}

async function cloudSql(
  wanted: string,
  { project }: Gke,
  world: Programs,
  { postgres }: RunningServers,
): Promise<VersionFact[]> {
  const asked = postgres
    ? await ask<Instance | null>(
        ...([world, `Cloud SQL ${postgres.name}`, "gcloud", "sql", "instances", "describe", postgres.name] as const),
        ...["--project", project, "--format", "json"],
      )
    : undefined;
  const instance = answerOf(asked);
  const now = spelled(instance?.databaseInstalledVersion ?? instance?.databaseVersion) ?? postgres?.version ?? wanted;
  const line = lineOf(now, 1) ?? now;
  const lines = instance?.upgradableDatabaseVersions?.flatMap(({ name }) => lineOf(spelled(name) ?? "", 1) ?? []);
  const waiting = instance?.availableMaintenanceVersions ?? [];
  const fact = storeFact(
    { what: "Postgres on Cloud SQL", now, line, setting: "postgres.version", table: cloudSqlSupport, provider },
    // Minor versions come by themselves.
    instance ? { newest: now, lines } : {},
    reasonsOf([asked]),
    world.now,
  );
  if (!instance || waiting.length === 0) return [fact];
  const notes = [
    `maintenance ${newestOf(waiting)} waits for the window; ${instance.maintenanceVersion ?? "none"} runs`,
  ];
  return [{ ...fact, notes: [...fact.notes, ...notes] }];
}

/** `POSTGRES_17_6` is 17.6. */
function spelled(version: string | undefined): string | undefined {
  return version?.replace(/^[A-Z]+_/, "").replaceAll("_", ".");
}

function memorystore(wanted: string, { redis }: RunningServers, at: Date): VersionFact {
  const now = redis?.version ?? wanted;
  const line = lineOf(now, 2) ?? now;
  const about = { what: "Redis on Memorystore", now, line, setting: "redis.version", table: memorystoreSupport };
  return storeFact({ ...about, provider }, {}, [], at);
}

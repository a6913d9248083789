import type { Support } from "../../../calendar/model";
import { lineOf, minorAfter, newestOf } from "../../../calendar/order";
import type { ParsedOf } from "../../../schema/sealed";
import { type Asked, answerOf, aws } from "../../shared/doctor/ask";
import type { CloudSubject, Finding } from "../../shared/doctor/model";
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
import { eksSupport, elastiCacheSupport, rdsSupport } from "../settings/calendar";
import type { eksCluster } from "../settings/cluster";
import { eksVersions } from "./eksVersions";
import { addonReleases, isThere, nodeImages } from "./releases";

type Eks = ParsedOf<typeof eksCluster>;

/** What AWS runs of a stack: the control plane, node images, add-ons, RDS and ElastiCache. */
export async function stackVersions(
  { settings, clusterName }: CloudSubject,
  world: Programs,
  servers: RunningServers,
): Promise<VersionFact[]> {
  const { postgres, redis } = settings;
  const { region } = settings.cluster as Partial<Eks>;
  if (settings.cluster.kind !== "eks" || region === undefined) return [];
  const cluster = settings.cluster as Eks;
  const there = await isThere(clusterName, cluster, world);
  const found = await Promise.all([
    controlPlane(cluster, clusterName, there, world),
    answerOf(there) ? images(clusterName, cluster, world) : [],
    answerOf(there) ? addons(clusterName, cluster, world) : [],
    postgres?.kind === "rds" ? rds(versionIn(postgres), region, world, servers) : [],
    redis?.kind === "elastiCache" ? elastiCache(versionIn(redis), region, world, servers) : [],
  ]);
  return found.flat();
}

async function controlPlane(
  { region, version: wanted }: Eks,
  name: string,
  there: Asked<boolean>,
  world: Programs,
): Promise<VersionFact[]> {
  const [offered, runs] = await Promise.all([
    eksVersions(region, world),
    answerOf(there)
      ? aws<{ cluster?: { version?: string } } | null>(
          ...([world, region, `cluster ${name}`, "eks", "describe-cluster", "--name", name] as const),
        )
      : undefined,
  ]);
  const now = answerOf(runs)?.cluster?.version || wanted;
  const told = answerOf(offered);
  const support = told?.get(now);
  const table = fromTable(eksSupport, now, world.now);
  const after = minorAfter(now);
  const hasNext = told ? told.has(after) : newerLines(eksSupport, now, world.now).includes(after);
  return [
    {
      what: "Kubernetes on EKS",
      now,
      // EKS raises patches by itself and takes none.
      newest: now,
      ...(hasNext && { next: after }),
      ...(support?.until
        ? { support, sources: ["AWS"], notes: [] }
        : { ...table, notes: [...table.notes, ...reasonsOf([offered, there])] }),
      setting: "cluster.version",
    },
  ];
}

async function images(name: string, cluster: Eks, world: Programs): Promise<VersionFact[]> {
  const asked = await nodeImages(name, cluster, world);
  return asked.map((one) =>
    "finding" in one
      ? unknown("node images", "cluster.pools.*.upgrade.release", one.finding)
      : {
          ...{ what: `node pool ${one.value.pool}`, now: one.value.release, newest: one.value.newest },
          ...{ sources: ["AWS"], notes: [], setting: `cluster.pools.${one.value.pool}.upgrade.release` },
        },
  );
}

async function addons(name: string, cluster: Eks, world: Programs): Promise<VersionFact[]> {
  const asked = await addonReleases(name, cluster, world);
  return asked.map((one): VersionFact => {
    if ("finding" in one) return unknown("add-ons", "cluster.addonVersions", one.finding);
    const { addon, runs, offered } = one.value;
    const newest = newestOf(offered);
    const unfit =
      runs && !offered.includes(runs) ? [`${runs} is not one of those for Kubernetes ${cluster.version}`] : [];
    return {
      ...{ what: `add-on ${addon}`, sources: ["AWS"], notes: unfit, setting: `cluster.addonVersions.${addon}` },
      ...{ ...(runs && { now: runs }), ...(newest && { newest }) },
    };
  });
}

function unknown(what: string, setting: string, finding: Finding): VersionFact {
  return { what, sources: [], notes: reasonsOf([{ finding }]), setting };
}

interface EngineVersion {
  readonly EngineVersion?: string;
  readonly ValidUpgradeTarget?: readonly {
    readonly EngineVersion?: string;
    readonly IsMajorVersionUpgrade?: boolean;
  }[];
}

interface MajorVersion {
  readonly MajorEngineVersion?: string;
  readonly SupportedEngineLifecycles?: readonly {
    readonly LifecycleSupportName?: string;
    readonly LifecycleSupportEndDate?: string;
  }[];
}

async function rds(
  wanted: string,
  region: string,
  world: Programs,
  { postgres }: RunningServers,
): Promise<VersionFact[]> {
  const engine = ["--engine", "postgres"] as const;
  const [versions, majors] = await Promise.all([
    aws<{ DBEngineVersions?: readonly EngineVersion[] } | null>(
      ...([world, region, "versions of RDS", "rds", "describe-db-engine-versions", ...engine] as const),
    ),
    aws<{ DBMajorEngineVersions?: readonly MajorVersion[] } | null>(
      ...([world, region, "major versions of RDS", "rds", "describe-db-major-engine-versions", ...engine] as const),
    ),
  ]);
  const now = postgres?.version ?? wanted;
  const line = lineOf(now, 1) ?? now;
  const offered = answerOf(versions)?.DBEngineVersions ?? [];
  const names = offered.flatMap(({ EngineVersion }) => EngineVersion ?? []);
  const ofLine = names.filter((one) => lineOf(one, 1) === line);
  const from = offered.find(({ EngineVersion }) => EngineVersion === (ofLine.includes(now) ? now : newestOf(ofLine)));
  const targets = (from?.ValidUpgradeTarget ?? [])
    .filter(({ IsMajorVersionUpgrade }) => IsMajorVersionUpgrade)
    .flatMap(({ EngineVersion }) => lineOf(EngineVersion ?? "", 1) ?? []);
  const dates = lifecycle(answerOf(majors)?.DBMajorEngineVersions ?? [], line);
  return [
    storeFact(
      { what: "Postgres on RDS", now, line, setting: "postgres.version", table: rdsSupport, provider: "AWS" },
      { newest: newestOf(ofLine), lines: from ? targets : undefined, support: dates },
      reasonsOf([versions, majors]),
      world.now,
    ),
  ];
}

function lifecycle(majors: readonly MajorVersion[], line: string): Support | undefined {
  const all = majors.find(({ MajorEngineVersion }) => MajorEngineVersion === line)?.SupportedEngineLifecycles ?? [];
  const end = (kind: string) =>
    all
      .find(({ LifecycleSupportName: name }) => name === `open-source-rds-${kind}-support`)
      ?.LifecycleSupportEndDate?.slice(0, 10);
  const until = end("standard");
  return until ? { until, extended: end("extended") } : undefined;
}

async function elastiCache(
  wanted: string,
  region: string,
  world: Programs,
  { redis }: RunningServers,
): Promise<VersionFact[]> {
  const asked = await aws<{ CacheEngineVersions?: readonly { EngineVersion?: string }[] } | null>(
    ...([world, region, "versions of ElastiCache", "elasticache", "describe-cache-engine-versions"] as const),
    ...["--engine", "valkey"],
  );
  const now = redis?.version ?? wanted;
  const line = lineOf(now, 2) ?? now;
  const names = (answerOf(asked)?.CacheEngineVersions ?? []).flatMap(({ EngineVersion }) => EngineVersion ?? []);
  const lines = names.flatMap((one) => lineOf(one, 2) ?? []);
  const newest = newestOf(names.filter((one) => lineOf(one, 2) === line));
  return [
    storeFact(
      {
        what: "Valkey on ElastiCache",
        now,
        line,
        setting: "redis.version",
        table: elastiCacheSupport,
        provider: "AWS",
      },
      { newest, lines: names.length > 0 ? lines : undefined },
      reasonsOf([asked]),
      world.now,
    ),
  ];
}

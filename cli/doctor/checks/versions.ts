import { ask } from "../ask";
import { calendarDate, daysUntil, kubernetes, planningDays, postgres, type Support } from "../calendar";
import { advice, type Check, certain, type Finding, failed, ok, type Subject, unclear, type World } from "../model";

/** Kubernetes against its provider's calendar, and Postgres against that of its project. */
export const versions: Check = {
  area: "versions",
  applies: () => true,
  async run(subject, world) {
    return [...(await kubernetesOf(subject, world)), ...postgresOf(subject, world.now)];
  },
};

function kubernetesOf(subject: Subject, world: World): Promise<Finding[]> {
  const { cluster } = subject.settings;
  if (cluster.kind === "eks") return eksVersion(cluster, world);
  if (cluster.kind === "gke") return gkeVersion(cluster, world);
  return Promise.resolve([]);
}

interface EksVersion {
  readonly clusterVersion: string;
  readonly endOfStandardSupportDate?: string;
  readonly endOfExtendedSupportDate?: string;
}

async function eksVersion(
  { version, region, supportPolicy }: { version: string; region: string; supportPolicy: string },
  world: World,
): Promise<Finding[]> {
  const asked = await ask<{ clusterVersions?: readonly EksVersion[] }>(
    ...([
      world,
      "EKS' versions",
      "aws",
      "eks",
      "describe-cluster-versions",
      "--region",
      region,
      "--output",
      "json",
    ] as const),
  );
  const told =
    "value" in asked ? asked.value.clusterVersions?.find((entry) => entry.clusterVersion === version) : undefined;
  if ("value" in asked && !told) {
    return [
      certain(
        "cluster.version",
        `cluster.version: EKS offers no ${version} in ${region}`,
        `use one of ${offered(asked.value.clusterVersions)}`,
      ),
    ];
  }
  const support: Support | undefined = told?.endOfStandardSupportDate
    ? { until: told.endOfStandardSupportDate.slice(0, 10), extended: told.endOfExtendedSupportDate?.slice(0, 10) }
    : kubernetes.eks[version];
  const source = told ? "AWS says so" : `as of ${calendarDate}`;
  return [
    ended(`cluster.version: Kubernetes ${version} on EKS`, support, source, world.now, supportPolicy === "STANDARD"),
  ];
}

function offered(versions: readonly EksVersion[] = []): string {
  return (
    versions
      .map(({ clusterVersion }) => clusterVersion)
      .sort()
      .join(", ") || "those of the AWS console"
  );
}

interface ServerConfig {
  readonly channels?: readonly { readonly channel: string; readonly defaultVersion?: string }[];
}

async function gkeVersion(
  { region, project, releaseChannel }: { region: string; project: string; releaseChannel: string },
  world: World,
): Promise<Finding[]> {
  const asked = await ask<ServerConfig>(
    ...([world, "GKE's versions", "gcloud", "container", "get-server-config"] as const),
    ...["--region", region, "--project", project, "--format", "json"],
  );
  if ("finding" in asked) return [asked.finding];
  const version = asked.value.channels?.find(({ channel }) => channel === releaseChannel)?.defaultVersion;
  if (!version) {
    return [
      unclear(`GKE names no version for channel ${releaseChannel} in ${region}`, "look at the release notes of GKE"),
    ];
  }
  const minor = version.split(".").slice(0, 2).join(".");
  const what = `cluster.releaseChannel: ${releaseChannel} makes clusters of ${version} and upgrades them by itself; Kubernetes ${minor} on GKE`;
  return [ended(what, kubernetes.gke[minor], `as of ${calendarDate}`, world.now, true)];
}

/**
 * @param moves whether the provider raises the version by itself when support ends
 */
function ended(what: string, support: Support | undefined, source: string, now: Date, moves: boolean): Finding {
  if (!support) {
    return unclear(`${what}: its end is not known here`, "look at the provider's calendar, and at a newer Switchboard");
  }
  const days = daysUntil(support.until, now);
  const then = moves ? "it is upgraded by itself then" : "from then on it costs six times as much an hour";
  if (days >= planningDays) return ok(`${what} is supported until ${support.until} (${source})`);
  if (days >= 0) {
    return advice(
      `${what} is supported until ${support.until}, ${days} days from now (${source}); ${then}`,
      "raise cluster.version one minor at a time, first in an environment that may break",
    );
  }
  if (support.extended && daysUntil(support.extended, now) >= 0) {
    return advice(
      `${what}: standard support ended on ${support.until} (${source}), extended support ends on ${support.extended}`,
      "raise cluster.version one minor at a time",
    );
  }
  return failed(`${what}: support ended on ${support.extended ?? support.until} (${source})`, "raise cluster.version");
}

/** The major version of Postgres: a setting for managed kinds, in the image's tag otherwise. */
function postgresOf({ settings }: Subject, now: Date): Finding[] {
  const { postgres: data } = settings;
  const tag = "image" in data ? /:(\d+)[.-]/.exec(`${data.image.reference}-`)?.[1] : undefined;
  const major = "version" in data && typeof data.version === "string" ? data.version.split(".")[0] : tag;
  const key = data.kind === "inCluster" ? "postgres.image" : "postgres.version";
  if (!major)
    return [unclear(`${key}: which major version of Postgres it holds is not in its name`, "name it by a tag")];
  const support = postgres[major];
  if (!support)
    return [unclear(`${key}: the end of Postgres ${major} is not known here`, "see postgresql.org/support/versioning")];
  const days = daysUntil(support.until, now);
  const what = `${key}: Postgres ${major}`;
  const todo = "plan a new major version: data move with it, so it is a project of its own (docs/production.md)";
  if (days < 0) return [failed(`${what} has had no fixes since ${support.until}`, todo)];
  if (days < planningDays) return [advice(`${what} has fixes until ${support.until}, ${days} days from now`, todo)];
  return [ok(`${what} has fixes until ${support.until}`)];
}

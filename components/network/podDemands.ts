import { appSpecs } from "../apps";
import type { ProcessSpec } from "../apps/shared/spec";
import { proxyTmpSize } from "../ingress/settings/proxyStorage";
import { containerAmounts } from "../kubernetes/containerResources";
import { fixedSizes, rolloutSurge } from "../kubernetes/fixedSizes";
import { hostnamesOf } from "../schema/publicHosts";
import { type Resources, usualTmpSize } from "../schema/values/resources";
import type { Settings } from "../settings";

type PoolerSettings = NonNullable<NonNullable<Settings["postgres"]>["pooler"]>;

/** Amounts as numbers: thousandths of a core, and bytes. */
export interface Amounts {
  readonly cpu: number;
  readonly memory: number;
  readonly storage: number;
}

/** Pods of one kind in the busiest moment of the stack. */
export interface PodDemand {
  readonly who: string;
  readonly requests: Amounts;
  readonly limits: Amounts;
  readonly most: number;
}

/** The layers that pods come from. */
export type PodSettings = Pick<Settings, "postgres" | "redis" | "panel" | "workers" | "chat" | "apps" | "edge">;

/**
 * A release on the heels of another: the pods of the new one, those that end for it, and those of the release before
 * that still finish what they have. A pod counts against a quota until it is gone.
 */
const generationsAtOnce = 3;

/** Pods that people have open at once: `switchboard console` and `switchboard run`. */
const peoplesPods = 4;
/** What each of them may be given: four times the default of `switchboard run --memory`. */
const peoplesSize = { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "2", memory: "2Gi" }, tmpSize: "1Gi" };

/** Every pod that the stack may have at once, with what each asks for and may use. */
export function podDemands(settings: PodSettings): PodDemand[] {
  const { postgres, redis, edge } = settings;
  const specs = appSpecs(settings);
  const routes = specs.flatMap(({ routes = [] }) => routes);
  const proxied = postgres !== undefined && "connection" in postgres && postgres.connection === "authProxy";
  const beside: readonly Beside[] = proxied ? [fixedSizes.databaseProxy] : [];
  const rolling = (replicas: number) => (replicas === 0 ? 0 : generationsAtOnce * replicas + rolloutSurge);
  const { postgresJob, redisJob, acmeSolver } = fixedSizes;
  const jobs = specs.flatMap(({ jobs }) => jobs);
  // While passwords change, both generations of it are there.
  const poolerDemands = (pooler: PoolerSettings | undefined) =>
    pooler ? [demand("pooler", pooler.replicas + rolling(pooler.replicas), pooler.resources, beside)] : [];
  const asked = edge.certificate.kind === "acme" && edge.certificate.challenge === "http01";
  const hosts = hostnamesOf(settings).length;
  const processes = specs.flatMap(({ processes }) => processes);
  const besideProcess = (sidecars: ProcessSpec["sidecars"] = []) => [
    ...beside,
    ...sidecars.map(({ resources: { tmpSize = usualTmpSize, ...size } }) => ({ ...size, tmpSize })),
  ];
  return [
    ...processes.map(({ key, replicas, resources, sidecars, scratchBytes }) =>
      demand(key, rolling(replicas), { ...resources, scratchBytes }, besideProcess(sidecars)),
    ),
    demand("edge", rolling(edge.replicas), { ...edge.resources, tmpSize: proxyTmpSize(edge, routes) }),
    ...(postgres?.kind === "inCluster" ? inClusterDemands(postgres) : []),
    // Beside the servers, the job that makes another one.
    ...(postgres?.kind === "cloudNativePg"
      ? [demand("postgres", postgres.instances + 1, { ...postgres.resources, ...fixedSizes.instanceManager })]
      : []),
    ...poolerDemands(postgres?.pooler),
    ...(redis?.kind === "inCluster" ? [demand("redis", 1, redis.resources)] : []),
    ...jobs.map(({ who, most, resources }) => demand(who, most, resources, beside)),
    demand("jobs of postgres", postgres ? 4 : 0, postgresJob, beside),
    demand("jobs of redis", redis?.kind === "inCluster" ? 4 : 0, redisJob),
    // A pod that a person starts has the sidecars of the process that it is made from.
    largest(
      [undefined, ...processes].map((of) => demand("people", peoplesPods, peoplesSize, besideProcess(of?.sidecars))),
    ),
    // A host may be asked for by a renewal and, at the same time, by a certificate that has changed.
    demand("answers to the authority", asked ? 2 * hosts : 0, acmeSolver),
  ];
}

type InCluster = Extract<NonNullable<Settings["postgres"]>, { readonly kind: "inCluster" }>;

/**
 * The server; with backups each of its jobs and one that a person starts, and a second server while a drill runs; with another
 * server beside it that one, and the tries of the job of both.
 */
function inClusterDemands({ resources, backup, beside }: InCluster): PodDemand[] {
  const second = beside ? [demand("second postgres", 1, resources), demand("jobs of both", 3, resources)] : [];
  if (!backup) return [demand("postgres", 1, resources), ...second];
  return [
    ...second,
    demand("postgres", 1, resources, [{ ...backup.resources, tmpSize: backup.resources.tmpSize ?? usualTmpSize }]),
    demand("backups", 4, backup.resources),
    demand("drill", 1, resources),
  ];
}

/** The size of a container beside another; one without `/tmp` has no size of it. */
type Beside = Pick<Resources, "requests" | "limits" | "tmpSize">;

function demand(
  who: string,
  most: number,
  ofContainer: Resources & { readonly scratchBytes?: number | undefined },
  beside: readonly Beside[] = [],
): PodDemand {
  const { tmpSize = usualTmpSize, scratchBytes } = ofContainer;
  const containers = [
    containerAmounts(ofContainer, { tmpSize, scratchBytes }),
    ...beside.map((size) => containerAmounts(size, { tmpSize: size.tmpSize })),
  ];
  return {
    who,
    most,
    requests: sum(containers.map(({ requests }) => requests)),
    limits: sum(containers.map(({ limits }) => limits)),
  };
}

/** The one that is enough for any of them. */
function largest(demands: readonly PodDemand[]): PodDemand {
  const most = (kind: "requests" | "limits", what: keyof Amounts) =>
    Math.max(...demands.map((demand) => demand[kind][what]));
  const amounts = (kind: "requests" | "limits") => ({
    cpu: most(kind, "cpu"),
    memory: most(kind, "memory"),
    storage: most(kind, "storage"),
  });
  return { ...demands[0]!, requests: amounts("requests"), limits: amounts("limits") };
}

function sum(all: readonly Amounts[]): Amounts {
  const total = (what: keyof Amounts) => all.reduce((amount, entry) => amount + entry[what], 0);
  return { cpu: total("cpu"), memory: total("memory"), storage: total("storage") };
}

import { appSpecs } from "../../apps";
import { cloudOf } from "../../clouds";
import type { Allocatable } from "../../clouds/shared/machines";
import type { PoolSettings } from "../../clouds/shared/pools";
import { rolloutSurge } from "../../kubernetes/fixedSizes";
import { show } from "../../schema/fields";
import { formatCpu, parseBytes, parseCpu, type Resources } from "../../schema/values/resources";
import type { Check, Findings, Layers } from "./check";

/** A pool with the machines it is made of. */
interface Pool extends PoolSettings {
  readonly machineType: string;
}

/** Pods of one kind: what each asks for, and how many there are. */
interface Demand {
  readonly who: string;
  readonly asks: Allocatable;
  readonly steady: number;
  /** With what a release adds for a while. */
  readonly rollout: number;
}

/**
 * Every pod fits on a node, and all of them on the most nodes that there may be. Only what is certain is an error: a
 * machine type that is not known makes the check say nothing, and what the cluster's own pods take is not counted.
 */
export const capacity: Check = (settings, found) => {
  const { cluster } = settings;
  if (!cluster || !("pools" in cluster)) return;
  const { allocatable } = cloudOf("cluster", cluster.kind)!;
  const pools = Object.entries(cluster.pools as Readonly<Record<string, Pool>>);
  const dataPools = pools.filter(([, { role }]) => role === "data");
  const appPools = pools.filter(
    ([, { role, taints }]) => role === "apps" && taints.every(({ effect }) => effect === "PreferNoSchedule"),
  );
  const [apps, servers] = [appDemands(settings), serverDemands(settings)];
  fits("apps", appPools, dataPools.length > 0 ? apps : [...apps, ...servers]);
  if (dataPools.length > 0) fits("data", dataPools, servers);

  function fits(role: string, pools: readonly (readonly [string, Pool])[], demands: readonly Demand[]): void {
    const nodes = pools.flatMap(([name, pool]) => {
      const each = allocatable(pool.machineType);
      return each ? [{ name, pool, each }] : [];
    });
    if (nodes.length < pools.length || nodes.length === 0) return;
    for (const what of ["cpu", "memory"] as const) {
      const largest = nodes.reduce((best, node) => (node.each[what] > best.each[what] ? node : best));
      const tooLarge = demands.filter(({ asks, rollout }) => rollout > 0 && asks[what] > largest.each[what]);
      for (const { who, asks } of tooLarge) {
        found.errors.push(
          `${who}.resources.${what}: ${show(written(what, asks[what]))} for each pod is more than a node has for pods. The largest of role ${role}, cluster.pools.${largest.name} (${largest.pool.machineType}), has about ${written(what, largest.each[what])}; lower it, or use a larger machineType`,
        );
      }
      if (tooLarge.length === 0)
        allOf(what, { role, most: sum(nodes, ({ pool, each }) => pool.max * each[what]) }, demands, found);
    }
  }
};

/** All pods against all nodes. While a release goes on it is enough that it ends, so less room is refused in production only. */
function allOf(
  what: keyof Allocatable,
  { role, most }: { role: string; most: number },
  demands: readonly Demand[],
  found: Findings,
): void {
  const need = (pods: "steady" | "rollout") => sum(demands, (demand) => demand[pods] * demand.asks[what]);
  const parts = (pods: "steady" | "rollout") =>
    demands
      .filter((demand) => demand[pods] > 0)
      .map((demand) => `${demand.who} ${demand[pods]} × ${written(what, demand.asks[what])}`)
      .join(" + ");
  const have = `the most nodes of role ${role} have about ${written(what, most)}`;
  const todo = "raise max or machineType of a pool, or lower resources or replicas";
  if (need("steady") > most) {
    found.errors.push(
      `cluster.pools: all pods ask for ${written(what, need("steady"))} of ${what} (${parts("steady")}), and ${have}; ${todo}`,
    );
  } else if (need("rollout") > most) {
    found.refuseInProduction(
      `cluster.pools: a release asks for ${written(what, need("rollout"))} of ${what} (${parts("rollout")}), and ${have}, so that pods wait for each other; ${todo}`,
    );
  }
}

function appDemands(settings: Layers): Demand[] {
  const { edge, postgres } = settings;
  const processes = appSpecs(settings).flatMap(({ processes }) => processes);
  const proxy = edge ? [{ ...edge, key: "edge", sidecars: [] }] : [];
  const pooler = postgres?.pooler ? [{ ...postgres.pooler, key: "postgres.pooler", sidecars: [] }] : [];
  return [...processes, ...proxy, ...pooler].map(({ key, replicas, resources, sidecars = [] }) => ({
    who: key,
    asks: together([resources, ...sidecars.map((sidecar) => sidecar.resources)].map(asked)),
    steady: replicas,
    rollout: replicas && replicas + rolloutSurge,
  }));
}

/** What the containers of one pod ask for. */
function together(containers: readonly Allocatable[]): Allocatable {
  return { cpu: sum(containers, ({ cpu }) => cpu), memory: sum(containers, ({ memory }) => memory) };
}

function serverDemands({ postgres, redis }: Layers): Demand[] {
  return Object.entries({ postgres, redis }).flatMap(([who, layer]) => {
    if (layer?.kind !== "inCluster" && layer?.kind !== "cloudNativePg") return [];
    // A server of several is replaced by none beside it.
    const servers = layer.kind === "cloudNativePg" ? layer.instances : 1;
    return [{ who, asks: asked(layer.resources), steady: servers, rollout: servers }];
  });
}

function asked({ requests }: Resources): Allocatable {
  return { cpu: parseCpu(requests.cpu), memory: parseBytes(requests.memory) };
}

/** An amount as a person writes it: whole mebibytes, or gibibytes with one digit where there are many. */
function written(what: keyof Allocatable, amount: number): string {
  if (what === "cpu") return formatCpu(Math.round(amount));
  const mebibytes = amount / 2 ** 20;
  if (mebibytes >= 1024 && mebibytes % 1024 !== 0) return `${Math.floor(mebibytes / 102.4) / 10}Gi`;
  return mebibytes >= 1024 ? `${mebibytes / 1024}Gi` : `${Math.floor(mebibytes)}Mi`;
}

function sum<T>(list: readonly T[], amount: (entry: T) => number): number {
  return list.reduce((total, entry) => total + amount(entry), 0);
}

import { show } from "../../schema/fields";
import { overlaps } from "../../schema/values/cidr";
import type { CloudCheck } from "./check";
import type { PoolSettings } from "./pools";

/** What every cluster that a stack makes says of itself, whatever the cloud. */
interface MadeCluster {
  readonly kind: string;
  readonly network: Readonly<Record<string, unknown>>;
  readonly api: { readonly allowedCidrs: readonly string[] };
  readonly pools: Readonly<Record<string, PoolSettings>>;
  readonly zones?: readonly string[] | undefined;
}

/** Shortest prefix of a network that may reach the API server: `/8` is the largest network that one owner has. */
const widestNetwork = 8;

/** The networks that a stack names lie beside each other. */
const networks = ({ network }: MadeCluster): ReturnType<typeof overlaps> => {
  const named = Object.entries(network).flatMap(([key, value]) =>
    typeof value === "string" ? [[`cluster.network.${key}`, value]] : [],
  );
  return overlaps(Object.fromEntries(named));
};

/** What a person is told to name in `allowedCidrs`. */
export const allowedCidrsAdvice = "name the networks of the people and runners that deploy";

/** The checks of a cluster that the stack makes: its networks, who reaches its API server, and its nodes. */
export function madeClusterChecks(kind: string): readonly CloudCheck[] {
  const own =
    (check: (cluster: MadeCluster, ...rest: Parameters<CloudCheck>) => void): CloudCheck =>
    (settings, found, now) => {
      if (settings.cluster?.kind === kind) check(settings.cluster as MadeCluster, settings, found, now);
    };
  return [
    own((cluster, _settings, { errors }) => {
      errors.push(...networks(cluster).map(({ key, message }) => `${key}: ${message}`));
    }),
    own(({ api }, _settings, found) => {
      const key = "cluster.api.allowedCidrs";
      for (const network of api.allowedCidrs) {
        const bits = Number(network.split("/")[1]);
        const reach = bits === 0 ? "everyone" : "a large part of the internet";
        if (bits === 0 || (bits < widestNetwork && !network.includes(":")))
          found.refuseInProduction(
            `${key}: ${show(network)} lets ${reach} reach the API server; ${allowedCidrsAdvice}`,
          );
      }
    }),
    own((cluster, _settings, found) => {
      const apps = Object.entries(cluster.pools).filter(([, { role }]) => role === "apps");
      const fewest = apps.reduce((sum, [, { min }]) => sum + min, 0);
      if (fewest < 2) {
        const [name] = apps[0]!;
        found.refuseInProduction(
          `cluster.pools.${name}.min: the pools of role apps have ${fewest} ${fewest === 1 ? "node" : "nodes"} at least, and the loss of one is an outage; use 2 or more together`,
        );
      }
      if (cluster.zones?.length === 1) {
        found.refuseInProduction(
          `cluster.zones: ${show(cluster.zones[0])} is the only zone, and its loss is an outage; name two or more, or remove the key`,
        );
      }
      if (apps.length > 0 && apps.every(([, { spot }]) => spot)) {
        found.warnInProduction(
          `cluster.pools.${apps[0]![0]}.spot: true for every pool of role apps lets the cloud take all nodes back at once; add a pool with spot: false`,
        );
      }
    }),
  ];
}

/** What a store says that has no second server to take over, as the end of a sentence before the value to set. */
export const outageAdvice = "means an outage of minutes at each maintenance and failure; set it to";

/** A warning about more connections than the cloud would allow for the memory: they work until they are used. */
export function tooManyConnections(maxConnections: number, usual: number | undefined, sizeKey: string): string[] {
  if (usual === undefined || maxConnections <= usual) return [];
  return [
    `postgres.maxConnections: ${maxConnections} is more than the ${usual} that the cloud gives an instance of this size, and each takes memory when it is used; use at most ${usual}, or a larger postgres.${sizeKey}`,
  ];
}

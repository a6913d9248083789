import type { PoolSettings } from "../../clouds/shared/pools";
import { show } from "../../schema/fields";
import { overlaps } from "../../schema/values/cidr";
import type { Check } from "./check";

/** Shortest prefix of a network that may reach the API server: `/8` is the largest network that one owner has. */
const widestNetwork = 8;

const networks: Check = ({ cluster }, { errors }) => {
  if (cluster?.kind !== "gke" && cluster?.kind !== "eks") return;
  const named = Object.entries(cluster.network).flatMap(([key, network]) =>
    typeof network === "string" ? [[`cluster.network.${key}`, network]] : [],
  );
  errors.push(...overlaps(Object.fromEntries(named)).map(({ key, message }) => `${key}: ${message}`));
};

/** Who reaches the API server over the internet. */
const openApi: Check = ({ cluster }, found) => {
  if (cluster?.kind !== "gke" && cluster?.kind !== "eks") return;
  const key = "cluster.api.allowedCidrs";
  const { allowedCidrs } = cluster.api;
  const todo = "name the networks of the people and runners that deploy";
  for (const network of allowedCidrs) {
    const bits = Number(network.split("/")[1]);
    if (bits === 0) found.refuseInProduction(`${key}: ${show(network)} lets everyone reach the API server; ${todo}`);
    else if (bits < widestNetwork && !network.includes(":"))
      found.refuseInProduction(
        `${key}: ${show(network)} lets a large part of the internet reach the API server; ${todo}`,
      );
  }
  if (cluster.kind !== "eks") return;
  const { public: isPublic, privateCidrs } = cluster.api;
  if (isPublic && allowedCidrs.length === 0)
    found.refuseInProduction(
      `${key}: is empty while cluster.api.public is true, which lets everyone reach the API server; ${todo}`,
    );
  if (!isPublic && allowedCidrs.length > 0)
    found.errors.push(
      `${key}: has no use while cluster.api.public is false; remove it, or set cluster.api.public to true`,
    );
  if (!isPublic && privateCidrs.length === 0)
    found.warnings.push(
      "cluster.api: is neither public nor open to any privateCidrs, so that only a machine inside cluster.network.vpc can run `up`, and the first time there is none; set public and allowedCidrs to where you deploy from, or name connected networks in privateCidrs",
    );
};

/** The nodes of the apps: two or more, in two zones or more, and not all of them the cloud's to take back. */
const nodes: Check = ({ cluster }, found) => {
  if (cluster?.kind !== "gke" && cluster?.kind !== "eks") return;
  const apps = Object.entries(cluster.pools as Readonly<Record<string, PoolSettings>>).filter(
    ([, { role }]) => role === "apps",
  );
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
  if (cluster.kind === "eks" && cluster.natGateways === "one") {
    found.warnInProduction(
      "cluster.natGateways: one cuts every node off from the internet when its zone is lost; use perZone",
    );
  }
  if (apps.length > 0 && apps.every(([, { spot }]) => spot)) {
    found.warnInProduction(
      `cluster.pools.${apps[0]![0]}.spot: true for every pool of role apps lets the cloud take all nodes back at once; add a pool with spot: false`,
    );
  }
};

/** What the cluster and its cloud are made of. */
export const cloudChecks: readonly Check[] = [networks, openApi, nodes];

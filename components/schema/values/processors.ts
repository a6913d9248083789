import { architectureOf } from "../../clouds/aws/settings/values";
import { armSeries } from "../../clouds/gcp/settings/values";

/** The processors of the pools that take a setting's image; undefined for a cluster without pools in the settings. */
export function poolProcessors(cluster: unknown, setting: string): string[] | undefined {
  const { kind, pools } = (cluster ?? {}) as { kind?: unknown; pools?: unknown };
  if ((kind !== "eks" && kind !== "gke") || typeof pools !== "object" || pools === null) return undefined;
  // Servers with a disk are on the pools of that role, and on those of the apps where there is none.
  const roles: unknown[] = /^(postgres|redis)\b/.test(setting) ? ["apps", "data"] : ["apps"];
  const found = Object.values(pools as Record<string, { role?: unknown; machineType?: unknown } | null>)
    .filter((pool) => roles.includes(pool?.role ?? "apps"))
    .flatMap((pool) => (typeof pool?.machineType === "string" ? [pool.machineType] : []));
  if (found.length === 0) return undefined;
  return [...new Set(found.map((type) => (kind === "eks" ? amazonProcessor(type) : googleProcessor(type))))];
}

function amazonProcessor(type: string): string {
  return architectureOf(type) === "arm64" ? "arm64" : "amd64";
}

function googleProcessor(type: string): string {
  return armSeries.includes(type.split("-")[0]!) ? "arm64" : "amd64";
}

import { cloudOf } from ".";

/** The processors of the pools that take a setting's image; undefined for a cluster without pools in the settings. */
export function poolProcessors(cluster: unknown, setting: string): string[] | undefined {
  const { kind, pools } = (cluster ?? {}) as { kind?: unknown; pools?: unknown };
  const cloud = typeof kind === "string" ? cloudOf("cluster", kind) : undefined;
  if (!cloud || typeof pools !== "object" || pools === null) return undefined;
  // Servers with a disk are on the pools of that role, and on those of the apps where there is none.
  const roles: unknown[] = /^(postgres|redis)\b/.test(setting) ? ["apps", "data"] : ["apps"];
  const found = Object.values(pools as Record<string, { role?: unknown; machineType?: unknown } | null>)
    .filter((pool) => roles.includes(pool?.role ?? "apps"))
    .flatMap((pool) => (typeof pool?.machineType === "string" ? [pool.machineType] : []));
  if (found.length === 0) return undefined;
  return [...new Set(found.map(cloud.processorOf))];
}

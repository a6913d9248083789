import type { Placement, PodRole } from "../../contracts";
import type { PoolSettings } from "./pools";

/** Label and taint key by which pods and nodes of a role find each other. */
const roleKey = "switchboard.dev/role";

/** A taint as Kubernetes writes it; clouds have words of their own for the effect. */
export interface NodeTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** The labels of a pool's nodes. */
export function nodeLabels({ role, labels }: Pick<PoolSettings, "role" | "labels">): Record<string, string> {
  return { ...labels, [roleKey]: role };
}

/** The taints of a pool's nodes: those for data take servers with a disk and nothing else. */
export function nodeTaints({ role, taints }: Pick<PoolSettings, "role" | "taints">): NodeTaint[] {
  const own = role === "data" ? [{ key: roleKey, value: role, effect: "NoSchedule" as const }] : [];
  return [...own, ...(taints as NodeTaint[])];
}

/** Where pods run on these pools: apps on theirs; servers with a disk on theirs, or with the apps where there is none. */
export function placementOn(pools: Readonly<Record<string, Pick<PoolSettings, "role">>>): Record<PodRole, Placement> {
  const apps: Placement = { nodeSelector: { [roleKey]: "apps" }, tolerations: [] };
  if (!Object.values(pools).some(({ role }) => role === "data")) return { apps, data: apps };
  const tolerations = [{ key: roleKey, operator: "Equal" as const, value: "data", effect: "NoSchedule" as const }];
  return { apps, data: { nodeSelector: { [roleKey]: "data" }, tolerations } };
}

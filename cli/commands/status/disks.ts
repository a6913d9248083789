import { serverOfClaim } from "../../../components/data/servers/names";
import { firstClaim } from "../../../components/naming";
import type { Kubectl } from "../../cluster/kubectl";
import { ClusterError } from "../../cluster/kubectlErrors";
import type { DiskFacts } from "./facts";
import { ofKind, type PlatformObject } from "./objects";
import type { Problem } from "./verdict";

/** Parts of a disk: from the first on it is told of, from the second on it counts as trouble, because writes will fail. */
const full = { told: 0.8, trouble: 0.95 } as const;

/** What a kubelet says of the volumes of its pods (`/stats/summary`). */
interface Summary {
  readonly pods?: readonly {
    readonly volume?: readonly {
      readonly pvcRef?: { readonly name: string; readonly namespace: string };
      readonly usedBytes?: number;
      readonly capacityBytes?: number;
      readonly inodes?: number;
      readonly inodesUsed?: number;
    }[];
  }[];
}

/**
 * How full the disks of the platform's pods are, as the kubelets measure it.
 * @returns undefined where nobody may ask them, which takes the right to `nodes/proxy`
 */
export async function readDisks(
  kubectl: Kubectl,
  objects: readonly PlatformObject[],
): Promise<readonly DiskFacts[] | undefined> {
  const nodes = ofKind(objects, "Pod")
    .filter(({ spec }) => spec.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim))
    .flatMap(({ spec }) => spec.nodeName ?? []);
  const asked = [...new Set(nodes)].map(async (node) => {
    const path = `/api/v1/nodes/${encodeURIComponent(node)}/proxy/stats/summary`;
    const text = await kubectl.text(["get", "--raw", path], { timeoutSeconds: 5 });
    return disksIn(JSON.parse(text) as Summary, kubectl.namespace);
  });
  const answers = await Promise.allSettled(asked);
  const known = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  const forbidden = answers.some(
    (answer) =>
      answer.status === "rejected" && answer.reason instanceof ClusterError && answer.reason.trouble === "forbidden",
  );
  return forbidden && known.length === 0 ? undefined : known;
}

/** The disks of a namespace, each once. */
export function disksIn({ pods = [] }: Summary, namespace: string): DiskFacts[] {
  const found = new Map<string, DiskFacts>();
  for (const { pvcRef, usedBytes = 0, capacityBytes = 0, inodes = 0, inodesUsed = 0 } of pods.flatMap(
    ({ volume }) => volume ?? [],
  )) {
    // A volume that is just being mounted has no measure yet.
    if (pvcRef?.namespace !== namespace || capacityBytes === 0) continue;
    const files = inodes === 0 ? 0 : inodesUsed / inodes;
    found.set(pvcRef.name, { claim: pvcRef.name, usedBytes, capacityBytes, filesUsed: files });
  }
  return [...found.values()].sort((a, b) => a.claim.localeCompare(b.claim));
}

/** Disks that fill up. */
export function diskProblems(disks: readonly DiskFacts[] | undefined): Problem[] {
  return (disks ?? []).flatMap((disk): Problem[] => {
    const byBytes = disk.usedBytes / disk.capacityBytes;
    const part = Math.max(byBytes, disk.filesUsed);
    if (part < full.told) return [];
    const of = byBytes >= disk.filesUsed ? amount(disk) : "of its number of files";
    return [
      {
        severity: part < full.trouble ? "warning" : "degraded",
        subject: `disk ${disk.claim}`,
        what: `is ${percent(part)} full (${of}): raise ${settingOf(disk.claim)} and run up, before writes fail`,
      },
    ];
  });
}

/** The row for a person. */
export function diskRows(disks: readonly DiskFacts[] | undefined): string[][] {
  return (disks ?? []).map((disk) => [
    `disk ${disk.claim}`,
    `${percent(disk.usedBytes / disk.capacityBytes)} full`,
    amount(disk),
  ]);
}

/** The setting of a claim's size: of the servers of a stack, and of the repository of their backups. */
function settingOf(claim: string): string {
  if (claim === "postgres-backup-repository") return "postgres.backup.repository.storage";
  if (claim === firstClaim("redis")) return "redis.storage";
  return serverOfClaim(claim) === undefined ? "its storage" : "postgres.storage";
}

function percent(part: number): string {
  // Rounded down: 100 % is when nothing more fits.
  return `${Math.floor(part * 100)} %`;
}

function amount({ usedBytes, capacityBytes }: DiskFacts): string {
  const [unit, size] = capacityBytes < 2 ** 30 ? ["MiB", 2 ** 20] : (["GiB", 2 ** 30] as const);
  const [used, all] = [usedBytes, capacityBytes].map((bytes) => (bytes / size).toFixed(size === 2 ** 30 ? 1 : 0));
  return `${used} of ${all} ${unit}`;
}

import type * as inputs from "@pulumi/kubernetes/types/input";
import {
  parseBytes as bytesOf,
  formatBytes,
  parseCpu as milliCpuOf,
  type Resources,
  usualTmpSize,
} from "../schema/values/resources";

/**
 * Bytes that a container's own log takes of its node's disk: the kubelet keeps five files of ten mebibytes, all but two
 * of them packed (`containerLogMaxFiles`, `containerLogMaxSize`). It looks at their size every ten seconds only, so that
 * a log of five mebibytes a second makes larger ones.
 */
const logBytes = { requests: 64 * 2 ** 20, limits: 128 * 2 ** 20 };

type Asked = Pick<Resources, "requests" | "limits">;

/** What a container may keep on its node's disk besides its log. */
interface Disk {
  /** Undefined for a container without `/tmp`. */
  readonly tmpSize?: string | undefined;
  /** Bytes of the pod's volumes on the node's disk, which Kubernetes counts against the limits of its containers. */
  readonly scratchBytes?: number | undefined;
}

/** Bytes of its node's disk that a container asks for and may use. */
function diskOf({ tmpSize, scratchBytes = 0 }: Disk): { readonly requests: number; readonly limits: number } {
  const kept = (tmpSize ? bytesOf(tmpSize) : 0) + scratchBytes;
  // A large `/tmp` is seldom full, so no node is asked to keep all of it free.
  const usual = Math.min(kept, bytesOf(usualTmpSize));
  return { requests: logBytes.requests + usual, limits: logBytes.limits + kept };
}

/** The resources of a container as Kubernetes has them. */
export function kubernetesResources({ requests, limits }: Asked, disk: Disk = {}): inputs.core.v1.ResourceRequirements {
  const bytes = diskOf(disk);
  return {
    requests: { cpu: requests.cpu, memory: requests.memory, "ephemeral-storage": formatBytes(bytes.requests) },
    limits: { cpu: limits.cpu, memory: limits.memory, "ephemeral-storage": formatBytes(bytes.limits) },
  };
}

/** What a container of this size asks for and may use: thousandths of a core, and bytes. */
export function containerAmounts(asked: Asked, disk: Disk = {}) {
  const bytes = diskOf(disk);
  const amounts = (kind: "requests" | "limits") => ({
    cpu: milliCpuOf(asked[kind].cpu),
    memory: bytesOf(asked[kind].memory),
    storage: bytes[kind],
  });
  return { requests: amounts("requests"), limits: amounts("limits") };
}

import { join } from "node:path";
import { ensureGoTool, type GoTool, isBuilt } from "../../engine/goTool";
import { repository } from "../../lib/paths";

/** The version of Kubernetes that `sandbox/nodes/kubernetes/go.mod` pins. */
const kubernetesVersion = "v1.36.3";
/** The version of CoreDNS that `sandbox/nodes/coredns/go.mod` pins. */
export const corednsVersion = "1.15.0";
/** The version of the volume provisioner that `sandbox/nodes/storage/go.mod` pins. */
export const storageVersion = "v0.0.30";
/** The version of `sandbox/nodes/pause/main.go`; a change there needs a new one. */
export const pauseVersion = "1";

const [major, minor] = kubernetesVersion.slice(1).split(".");
const kubernetesFlags = [
  "-s -w",
  `-X k8s.io/component-base/version.gitVersion=${kubernetesVersion}`,
  `-X k8s.io/component-base/version.gitMajor=${major}`,
  `-X k8s.io/component-base/version.gitMinor=${minor}`,
  `-X k8s.io/client-go/pkg/version.gitVersion=${kubernetesVersion}`,
].join(" ");

const folder = (name: string) => join(repository, "sandbox/nodes", name);

/** Everything that the nodes run and Debian does not have, in the order in which it is built. */
export const tools: readonly GoTool[] = [
  // The API server first: it is the longest, and the others share most of its packages.
  ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"].map(
    (name): GoTool => ({
      module: folder("kubernetes"),
      package: `k8s.io/kubernetes/cmd/${name}`,
      name,
      ldflags: kubernetesFlags,
    }),
  ),
  { module: folder("coredns"), package: "github.com/coredns/coredns", name: "coredns" },
  { module: folder("storage"), package: "github.com/rancher/local-path-provisioner", name: "local-path-provisioner" },
  { module: folder("pause"), package: ".", name: "pause", ldflags: `-s -w -X main.version=${pauseVersion}` },
];

/** The tools that the cache does not have yet. */
export function missingTools(): GoTool[] {
  return tools.filter((tool) => !isBuilt(tool));
}

/**
 * Builds the missing tools, one after the other: Go itself keeps every core busy, and two builds at once would only
 * double the memory. About eleven minutes on two cores the first time, nothing afterwards.
 * @throws UserError when Go is missing or a build fails
 */
export async function ensureNodeTools(report: (line: string) => void, signal?: AbortSignal): Promise<void> {
  const missing = missingTools();
  for (const [index, tool] of missing.entries()) {
    await ensureGoTool({
      ...tool,
      signal,
      report: (line) => report(`${line} (${index + 1} of ${missing.length})`),
    });
  }
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureGoTool, type GoTool, isBuilt } from "../../engine/goTool";
import { repository } from "../../lib/paths";

// One module for all: what two of them use is compiled once only where both use the same version of it.
const programs = join(repository, "sandbox/nodes/programs");
const pinned = readFileSync(join(programs, "go.mod"), "utf8");

/** Version of Kubernetes, as all versions here what `sandbox/nodes/programs/go.mod` pins. */
export const kubernetesVersion = versionOf("k8s.io/kubernetes");
export const corednsVersion = versionOf("github.com/coredns/coredns").slice(1);
/** The version of `sandbox/nodes/programs/pause`; a change there needs a new one. */
export const pauseVersion = "1";

const [major, minor] = kubernetesVersion.slice(1).split(".");
const kubernetesFlags = [
  "-s -w",
  `-X k8s.io/component-base/version.gitVersion=${kubernetesVersion}`,
  `-X k8s.io/component-base/version.gitMajor=${major}`,
  `-X k8s.io/component-base/version.gitMinor=${minor}`,
  `-X k8s.io/client-go/pkg/version.gitVersion=${kubernetesVersion}`,
].join(" ");

/** Everything that the nodes run and Debian does not have, in the order in which it is built. */
export const tools: readonly GoTool[] = [
  {
    module: programs,
    package: "./kubernetes",
    name: "kubernetes",
    links: [
      "kube-apiserver",
      "kube-controller-manager",
      "kube-scheduler",
      "kubelet",
      "kube-proxy",
      "kube-network-policies",
      "kubectl",
    ],
    ldflags: kubernetesFlags,
    // Both are for tests and no test of Go's by their names: without them the stand-ins of every client are not compiled.
    changes: {
      "k8s.io/apiserver": { "pkg/admission/plugin/policy/generic/policy_test_context.go": undefined },
      "k8s.io/kubernetes": { "pkg/scheduler/backend/queue/testing.go": undefined },
    },
  },
  { module: programs, package: "./coredns", name: "coredns" },
  { module: programs, package: "./pause", name: "pause", ldflags: `-s -w -X main.version=${pauseVersion}` },
];

function versionOf(path: string): string {
  const found = pinned.split("\n").find((line) => line.startsWith(`\t${path} v`));
  if (!found) throw new Error(`${join(programs, "go.mod")} does not pin ${path}`);
  return found.split(/\s+/)[2]!;
}

/** The tools that the cache does not have yet. */
export function missingTools(): GoTool[] {
  return tools.filter((tool) => !isBuilt(tool));
}

/**
 * Builds the missing tools, one after the other: Go itself keeps every core busy, and two builds at once would only
 * double the memory. Eleven CPU minutes the first time, nothing afterwards.
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

import { join } from "node:path";
import { binaries } from "../../lib/paths";
import { UserError } from "../../lib/userError";
import type { NodePlan } from "./layout";
import { onMachine } from "./machine";
import { inNode } from "./nodeConfig";
import { type Inside, startService } from "./service";

/** The user that a node's agent for network policies is to the API server. */
export const policiesUser = "switchboard:network-policies";

const chain = "SWITCHBOARD-POLICIES";
const queue = 100;

/**
 * What a node asks its agent: the first packet of every connection from or to one of its pods. The pods' wires are
 * routed, so all of them pass here, after kube-proxy has put a pod's address for a Service's and before it changes the
 * sender's. Without an agent the kernel drops what is queued.
 */
export function policyRules(node: NodePlan): string {
  return [
    "*mangle",
    `:${chain} - [0:0]`,
    `-A ${chain} -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN`,
    // The node itself: the kubelet's probes, port-forward. Kubernetes never keeps a node from its own pods.
    `-A ${chain} -m addrtype --src-type LOCAL -j RETURN`,
    `-A ${chain} -s ${node.pods} -j NFQUEUE --queue-num ${queue}`,
    `-A ${chain} -d ${node.pods} -j NFQUEUE --queue-num ${queue}`,
    "COMMIT",
    "",
  ].join("\n");
}

/**
 * Enforces network policies on a node.
 * @throws UserError when the kernel cannot queue packets
 */
export async function startPolicies(node: NodePlan, machine: Inside, kubeconfig: string): Promise<void> {
  // The jump comes last and once, so that a run that was killed leaves nothing that the next one does not repair.
  await onMachine(machine, [
    ...["sh", "-ec"],
    `printf %s "$1" | iptables-restore --wait --noflush
     iptables --wait -t mangle -C POSTROUTING -j ${chain} 2>/dev/null || iptables --wait -t mangle -A POSTROUTING -j ${chain}`,
    ...["sh", policyRules(node)],
  ]).catch((error: Error) => {
    throw new UserError(
      `network policies cannot be enforced on ${node.name}: ${error.message.trim().split("\n").pop()}`,
      "use a kernel with NFQUEUE: the modules xt_NFQUEUE and nfnetlink_queue, as Debian's has them",
    );
  });
  await startService({
    name: `${node.name}.kube-network-policies`,
    inside: machine,
    command: [
      `${inNode.tools}/kube-network-policies`,
      ...[`--kubeconfig=${inNode.keys}/kube-network-policies.kubeconfig`, `--queue=${queue}`],
    ],
    files: [join(binaries, "kube-network-policies"), kubeconfig],
  });
}

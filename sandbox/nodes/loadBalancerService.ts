import { connect } from "node:net";
import type { LocalPorts } from "../../engine/stack/localNodes";
import { loadBalancerUser } from "./addons";
import { startController } from "./controllerService";
import type { AddressPlan } from "./layout";
import type { Authority } from "./pki";
import { waitForService } from "./service";

/** Name of the load balancer's service. */
export const loadBalancerService = "host.load-balancer";

/**
 * Starts the load balancer and waits until the loopback ports of this stack answer.
 *
 * @param known the ports of all stacks on the nodes
 */
export async function startLoadBalancer(
  plan: AddressPlan,
  authority: Authority,
  ports: LocalPorts,
  known: readonly number[],
): Promise<void> {
  await startController(plan, authority, {
    name: loadBalancerService,
    user: loadBalancerUser,
    sources: ["loadBalancer.ts", "balance.ts", "forward.ts"],
    kubeconfigVariable: "LOAD_BALANCER_KUBECONFIG",
    environment: {
      LOAD_BALANCER_NETWORK: plan.loadBalancers,
      LOAD_BALANCER_FORWARDS: known.map((port) => `${port}:${port}`).join(","),
    },
  });
  await waitForService(loadBalancerService, `127.0.0.1:${ports.https} was open`, () => isOpen(ports.https), 20);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

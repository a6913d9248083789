import { connect } from "node:net";
import { join } from "node:path";
import type { LocalPorts } from "../../engine/stack/localNodes";
import { repository } from "../../lib/paths";
import { loadBalancerUser } from "./addons";
import { apiServer } from "./controlPlane";
import { kubeconfig } from "./kubeconfig";
import type { AddressPlan } from "./layout";
import { type Authority, writeSecret } from "./pki";
import { startService, waitForService } from "./service";
import { folders } from "./state";

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
  const user = await authority.issue({ file: "load-balancer", commonName: loadBalancerUser });
  const config = join(folders.keys, "load-balancer.kubeconfig");
  writeSecret(config, kubeconfig(apiServer(plan), authority.certificate, user));
  const source = (file: string) => join(repository, "sandbox/nodes", file);
  await startService({
    name: loadBalancerService,
    command: [
      process.execPath,
      ...["--max-old-space-size=128", "--require", join(repository, "components/loader.cjs")],
      source("loadBalancer.ts"),
    ],
    environment: {
      LOAD_BALANCER_NETWORK: plan.loadBalancers,
      LOAD_BALANCER_FORWARDS: known.map((port) => `${port}:${port}`).join(","),
      LOAD_BALANCER_KUBECONFIG: config,
    },
    files: [...["loadBalancer.ts", "balance.ts", "forward.ts", "api.ts"].map(source), config],
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

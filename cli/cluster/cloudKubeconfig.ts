import { eksKubeconfig } from "../../components/clouds/aws/kubeconfig";
import { gkeKubeconfig } from "../../components/clouds/gcp/kubeconfig";
import type { ExportedStack } from "../../engine/stack/state";
import { UserError } from "../../lib/userError";

/** A kubeconfig and its one context. */
export interface CloudKubeconfig {
  readonly text: string;
  readonly context: string;
}

/**
 * The kubeconfig of the cluster that a stack has made, put together from the cluster's own outputs as the program does it.
 * It holds no credential: a plugin of the cloud's CLI gives a token to whoever is logged in.
 * @throws UserError when there is no cluster in the state
 */
export function cloudKubeconfig(stack: string, state: ExportedStack | undefined): CloudKubeconfig {
  const resources = (state?.deployment?.resources ?? []).filter((resource) => !resource.delete);
  // biome-ignore lint/suspicious/noExplicitAny: outputs have the shape of their resource
  const outputsOf = (type: string): any => resources.find((resource) => resource.type === type)?.outputs;
  const gke = outputsOf("gcp:container/cluster:Cluster");
  const endpoint = gke?.controlPlaneEndpointsConfig?.dnsEndpointConfig?.endpoint;
  if (typeof endpoint === "string" && endpoint !== "") {
    const context = String(gke.name);
    return { context, text: gkeKubeconfig({ context, endpoint }) };
  }
  const eks = outputsOf("aws:eks/cluster:Cluster");
  const authority = eks?.certificateAuthority?.data;
  if (typeof eks?.endpoint === "string" && typeof authority === "string") {
    const [, partition, , region, id] = String(eks.arn).split(":");
    const account = { fullName: String(eks.name), region: region!, id: id!, partition: partition!, tags: {} };
    return { context: account.fullName, text: eksKubeconfig(account, { server: eks.endpoint, authority }) };
  }
  throw new UserError(`${stack} is not up: its state holds no cluster`, `switchboard up ${stack}`);
}

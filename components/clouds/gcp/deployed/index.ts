import type { CloudDeployed, StateEntry } from "../../shared/deployed";
import { clusterType } from "../facts/cluster";
import { gkeKubeconfig } from "../kubeconfig";
import { storesIn } from "./backups";
import { clusterProblems } from "./condition";
import { heldPeering } from "./peering";

/** The kubeconfig of a GKE cluster, put together from its own outputs as the program does it. It holds no credential. */
function kubeconfigIn(state: readonly StateEntry[]) {
  // biome-ignore lint/suspicious/noExplicitAny: outputs have the shape of their resource
  const gke: any = state.find(({ type }) => type === clusterType)?.outputs;
  const endpoint = gke?.controlPlaneEndpointsConfig?.dnsEndpointConfig?.endpoint;
  if (typeof endpoint !== "string" || endpoint === "") return undefined;
  const context = String(gke.name);
  return { context, text: gkeKubeconfig({ context, endpoint }) };
}

/** What Google Cloud knows of a stack that is deployed. */
export const deployed: CloudDeployed = {
  kubeconfigIn,
  clusterProblems,
  storesIn,
  networkHold: heldPeering,
  // A grant and an account that Google keeps itself, and a connection that is there is kept.
  repeatable: /IAMMember$|IamMember$|:ServiceIdentity$|:Connection$/,
};

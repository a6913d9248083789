import type { CloudDeployed, StateEntry } from "../../shared/deployed";
import { clusterType } from "../facts/cluster";
import { eksKubeconfig } from "../kubeconfig";
import { storesIn } from "./backups";
import { waitFor } from "./begun";

/** The kubeconfig of an EKS cluster, put together from its own outputs as the program does it. It holds no credential. */
function kubeconfigIn(state: readonly StateEntry[]) {
  // biome-ignore lint/suspicious/noExplicitAny: outputs have the shape of their resource
  const eks: any = state.find(({ type }) => type === clusterType)?.outputs;
  const authority = eks?.certificateAuthority?.data;
  if (typeof eks?.endpoint !== "string" || typeof authority !== "string") return undefined;
  const [, partition, , region, id] = String(eks.arn).split(":");
  const account = { fullName: String(eks.name), region: region!, id: id!, partition: partition!, tags: {} };
  return { context: account.fullName, text: eksKubeconfig(account, { server: eks.endpoint, authority }) };
}

/** What AWS knows of a stack that is deployed. */
export const deployed: CloudDeployed = {
  kubeconfigIn,
  storesIn,
  repeatable: /:RolePolicyAttachment$/,
  waitFor,
};

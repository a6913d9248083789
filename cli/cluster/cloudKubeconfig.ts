import { clouds } from "../../components/clouds";
import type { CloudKubeconfig } from "../../components/clouds/shared/deployed";
import type { CloudModule } from "../../components/clouds/shared/module";
import type { ExportedStack } from "../../engine/stack/state";
import { UserError } from "../../lib/userError";

/**
 * The kubeconfig of the cluster that a stack has made, put together from the cluster's own outputs as the program does it.
 * It holds no credential: a plugin of the cloud's CLI gives a token to whoever is logged in.
 * @throws UserError when there is no cluster in the state
 */
export function cloudKubeconfig(stack: string, state: ExportedStack | undefined): CloudKubeconfig {
  const resources = (state?.deployment?.resources ?? []).filter((resource) => !resource.delete);
  for (const cloud of Object.values<CloudModule>(clouds)) {
    const found = cloud.deployed()?.kubeconfigIn(resources);
    if (found) return found;
  }
  throw new UserError(`${stack} is not up: its state holds no cluster`, `switchboard up ${stack}`);
}

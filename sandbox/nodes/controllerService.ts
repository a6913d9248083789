import { dirname, join } from "node:path";
import { clusterState, repository } from "../../lib/paths";
import { apiServer } from "./controlPlane";
import { kubeconfig } from "./kubeconfig";
import type { AddressPlan } from "./layout";
import { type Authority, writeSecret } from "./pki";
import { startService } from "./service";
import { folders } from "./state";

/** A controller of this project's, as a process beside the cluster. */
export interface ControllerService {
  /** Name of its service. */
  readonly name: string;
  /** Who it is to the API server. */
  readonly user: string;
  /** Its program in this folder, first, and the other files that decide what it does. */
  readonly sources: readonly [string, ...string[]];
  /** The variable with the path of its kubeconfig. */
  readonly kubeconfigVariable: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a controller unless it runs as described. */
export async function startController(
  plan: AddressPlan,
  authority: Authority,
  { name, user, sources, kubeconfigVariable, environment }: ControllerService,
): Promise<void> {
  const file = user.split(":").at(-1)!;
  const keys = await authority.issue({ file, commonName: user });
  const config = join(folders.keys, `${file}.kubeconfig`);
  writeSecret(config, kubeconfig(apiServer(plan), authority.certificate, keys));
  const source = (file: string) => join(repository, "sandbox/nodes", file);
  await startService({
    name,
    command: [
      process.execPath,
      ...["--max-old-space-size=128", "--require", join(repository, "components/loader.cjs")],
      source(sources[0]),
    ],
    // Where this cluster's data is: the service has none of the variables of whoever starts it.
    environment: { ...environment, [kubeconfigVariable]: config, SWITCHBOARD_STATE: dirname(clusterState) },
    files: [...[...sources, "controller.ts", "api.ts"].map(source), config],
  });
}

import { disksUser } from "./addons";
import { startController } from "./controllerService";
import type { AddressPlan } from "./layout";
import type { Authority } from "./pki";

/** Name of the disks' service. */
export const disksService = "host.disks";

/** Starts what makes the disks that claims ask for. */
export async function startDisks(plan: AddressPlan, authority: Authority): Promise<void> {
  await startController(plan, authority, {
    name: disksService,
    user: disksUser,
    sources: ["disks.ts", "disk.ts", "diskPlan.ts"],
    kubeconfigVariable: "DISKS_KUBECONFIG",
  });
}

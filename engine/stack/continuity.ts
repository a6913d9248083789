import { UserError } from "../../lib/userError";
import type { Engine } from "..";
import type { StateResource } from "../resources/fromState";
import { isKubernetesObject } from "../resources/resource";
import type { ExportedStack } from "./state";

/** What of an engine decides whether it may go on with a stack. */
type Plugins = Pick<Engine, "kubernetes" | "misplaced">;

/**
 * Makes sure that an engine's plugins may go on with a stack, before they are asked for anything.
 *
 * What a person keeps in a backend of their own is for official plugins: a colleague with another machine goes on with it.
 * The official Kubernetes provider and the stand-in continue each other's states; one that an older stand-in wrote lacks
 * what the official provider compares with, and it would make nearly everything anew.
 *
 * @param exported reads the state, if it has to be read
 * @throws UserError that says what to do
 */
export async function checkPlugins(
  { kubernetes, misplaced }: Plugins,
  stack: string,
  exported: () => Promise<ExportedStack | undefined>,
): Promise<void> {
  if (misplaced.length > 0) {
    throw new UserError(
      `the state of ${stack} is in a backend of your own, and the plugins ${misplaced.join(", ")} would be local stand-ins. ` +
        "A state that others continue needs official plugins only",
      "install the official Pulumi CLI with its plugins (https://www.pulumi.com/docs/install/). Or keep the state on this machine: pulumi logout, and unset PULUMI_BACKEND_URL",
    );
  }
  if (kubernetes === "local" || !isOfOlderStandIn(await exported())) return;
  throw new UserError(
    `${stack} was deployed by an older local stand-in of the Kubernetes provider. The official provider would replace nearly everything in it, so nothing was done`,
    `once: SWITCHBOARD_KUBERNETES_PROVIDER=local switchboard up ${stack}; then run this again`,
  );
}

/**
 * Whether a state holds objects of a stand-in that did not yet write what the official provider needs. Any look at what is
 * there writes it (`pulumi up --refresh`).
 */
export function isOfOlderStandIn(state: ExportedStack | undefined): boolean {
  return (state?.deployment?.resources ?? []).some(
    (resource) => isObject(resource) && resource.outputs !== undefined && !Object.hasOwn(resource.outputs, "__inputs"),
  );
}

/** Whether a resource of a state is one object of a cluster, made by the stack: no chart and no part of somebody's object. */
export function isObject({ type, custom, external }: StateResource): boolean {
  return custom === true && external !== true && isKubernetesObject(type) && !/(Patch|List)$/.test(type);
}

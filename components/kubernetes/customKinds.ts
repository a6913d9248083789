import * as pulumi from "@pulumi/pulumi";
import type { CustomKind, Kinds } from "../contracts/guards";
import { type FoundObject, findObject, LookupError, leadsNowhere } from "./lookup";

/** A definition of a kind as the API server has it. */
interface Definition extends FoundObject {
  readonly spec?: { readonly versions?: readonly { readonly name: string; readonly served?: boolean }[] };
}

/**
 * Looks for a kind that somebody else brings to the cluster before an object of it is made, in the preview too. Without it
 * the API server would say that there is no such kind, and nothing of who brings it.
 */
export class KindGuard implements Kinds {
  #kubeconfig: string | undefined;

  /** @param kubeconfig unknown while the cluster is not there, and then no kind is in it */
  constructor(kubeconfig: pulumi.Output<string>) {
    kubeconfig.apply((text) => {
      this.#kubeconfig = text;
    });
  }

  guard(...[name, kind, words]: Parameters<Kinds["guard"]>): ReturnType<Kinds["guard"]> {
    const look = new pulumi.ResourceHook(`${name}-kind`, () => this.#check(name, kind, words), { onDryRun: true });
    return { hooks: { beforeCreate: [look], beforeUpdate: [look] } };
  }

  async #check(
    name: string,
    { group, version, kind, plural }: CustomKind,
    { key, bringer, instead }: Parameters<Kinds["guard"]>[2],
  ): Promise<void> {
    const kubeconfig = this.#kubeconfig;
    if (!kubeconfig || leadsNowhere(kubeconfig)) return;
    try {
      const found = await findObject<Definition>(kubeconfig, "CustomResourceDefinition", `${plural}.${group}`);
      const served = (found?.spec?.versions ?? []).filter((one) => one.served !== false).map((one) => one.name);
      if (served.includes(version)) return;
      const lack = found
        ? `the cluster has ${kind} of ${group} in ${served.join(", ")}, not in ${version}`
        : `the cluster has no ${kind} of ${group}`;
      throw new Error(`${key}: ${lack}. Install ${bringer}, or ${instead}`);
    } catch (error) {
      if (!(error instanceof LookupError)) throw error;
      await pulumi.log.warn(`whether the cluster knows the kind of ${name} could not be checked: ${error.message}`);
    }
  }
}

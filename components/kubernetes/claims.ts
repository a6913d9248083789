import * as pulumi from "@pulumi/pulumi";
import type { Claims } from "../contracts/guards";
import { parseBytes as bytesOf } from "../schema/values/resources";
import { type FoundObject, findObject, LookupError, leadsNowhere } from "./lookup";

/** A claim as the API server has it. */
interface Claim extends FoundObject {
  readonly spec?: { readonly storageClassName?: string; readonly resources?: { readonly requests?: Amount } };
}

interface StorageClass extends FoundObject {
  readonly provisioner?: string;
  readonly allowVolumeExpansion?: boolean;
}

interface Amount {
  readonly storage?: string;
}

/**
 * Looks at a claim before its size is set, in the preview too: no volume shrinks or changes its class, and one grows
 * only where its class allows it. A cluster that cannot be asked has the last word itself: the API server refuses both.
 */
export class ClaimGuard implements Claims {
  #kubeconfig: string | undefined;

  /** @param kubeconfig unknown while the cluster is not there, and then no claim is in it */
  constructor(kubeconfig: pulumi.Output<string>) {
    kubeconfig.apply((text) => {
      this.#kubeconfig = text;
    });
  }

  guard(name: string, layer: string): Pick<pulumi.CustomResourceOptions, "hooks"> {
    const look = new pulumi.ResourceHook(
      `${name}-size`,
      ({ newInputs }) => this.#check(layer, (newInputs ?? {}) as Inputs),
      { onDryRun: true },
    );
    return { hooks: { beforeCreate: [look], beforeUpdate: [look] } };
  }

  async #check(layer: string, { metadata, spec }: Inputs): Promise<void> {
    const kubeconfig = this.#kubeconfig;
    const { name, namespace } = metadata ?? {};
    const wished = spec?.resources?.requests?.storage;
    if (!kubeconfig || leadsNowhere(kubeconfig)) return;
    if (typeof name !== "string" || typeof namespace !== "string" || typeof wished !== "string") return;
    try {
      const claim = await findObject<Claim>(kubeconfig, "PersistentVolumeClaim", name, namespace);
      const size = claim?.spec?.resources?.requests?.storage;
      if (!claim || claim.metadata.deletionTimestamp || size === undefined) return;
      const className = claim.spec?.storageClassName;
      const asked = spec?.storageClassName;
      if (typeof asked === "string" && className !== undefined && asked !== className)
        throw new Error(
          `${layer}.storageClass: ${asked} is not the class of the claim ${name} has (${className}). A claim cannot change its class; ` +
            `set ${className}, or move the data to a new stack with a dump`,
        );
      const problem = await this.#problem(kubeconfig, { name, wished, size, className });
      if (problem) throw new Error(`${layer}.storage: ${problem}`);
    } catch (error) {
      if (!(error instanceof LookupError)) throw error;
      await pulumi.log.warn(`whether the claim ${name} can have ${wished} could not be checked: ${error.message}`);
    }
  }

  async #problem(
    kubeconfig: string,
    { name, wished, size, className }: { name: string; wished: string; size: string; className: string | undefined },
  ): Promise<string | undefined> {
    const [before, after] = [bytesOf(size), bytesOf(wished)];
    if (after === before) return undefined;
    if (after < before)
      return `${wished} is less than the claim ${name} has (${size}). A volume cannot shrink; set ${size}, or move the data to a new stack with a dump`;
    if (className === undefined) return undefined;
    const found = await findObject<StorageClass>(kubeconfig, "StorageClass", className);
    if (!found || found.allowVolumeExpansion === true) return undefined;
    return (
      `the claim ${name} cannot grow from ${size} to ${wished}: its storage class ${className} (${found.provisioner}) does not ` +
      `allow it. Set ${size}; or, if what makes its disks can grow them, allow it: ` +
      `kubectl patch storageclass ${className} --patch '{"allowVolumeExpansion":true}'`
    );
  }
}

interface Inputs {
  readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown };
  readonly spec?: {
    readonly storageClassName?: unknown;
    readonly resources?: { readonly requests?: { readonly storage?: unknown } };
  };
}

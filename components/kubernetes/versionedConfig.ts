import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { MountedFiles } from "../contracts";

/** What texts that anybody may read are given. */
export interface VersionedConfigArgs {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Record<string, string>;
  /** Key to text; one at least. */
  readonly texts: Readonly<Record<string, string>>;
}

/**
 * Readable texts under two names, as `VersionedSecret` has secret ones: pods that use the first roll when a text changes,
 * and what reads the second once does not run again.
 */
export class VersionedConfig extends pulumi.ComponentResource {
  readonly ready: readonly pulumi.Resource[];
  /** The texts as files. */
  readonly source: MountedFiles["source"];

  constructor(name: string, args: VersionedConfigArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:apps:Config", name, {}, opts);
    const { namespace, labels } = args;
    const data = { ...args.texts };
    const versioned = new core.ConfigMap(
      `${name}-config`,
      { metadata: { namespace, labels }, immutable: true, data },
      { parent: this },
    );
    const currentName = `${name}-current`;
    const current = new core.ConfigMap(
      currentName,
      { metadata: { name: currentName, namespace, labels }, data },
      { parent: this },
    );
    this.source = { configMap: versioned.metadata.name, currentName };
    this.ready = [versioned, current];
    this.registerOutputs();
  }
}

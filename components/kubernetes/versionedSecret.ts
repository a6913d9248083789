import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { SecretRef } from "../contracts";

/** What a stored secret is given. */
export interface VersionedSecretArgs {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Record<string, string>;
  /** Key to value; every value is treated as a secret. Without any there is no Secret at all. */
  readonly values: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * Secret values under two names. The first is immutable and its name changes with its content, so what uses it rolls
 * when a value changes and nothing else does. The second keeps its name: a migration reads it, and a rotated password
 * must not run the migration of a release again.
 *
 * Without values neither is made: the official provider leaves an empty `stringData` out of what it remembers, so it
 * would replace the immutable one at every `up`.
 */
export class VersionedSecret extends pulumi.ComponentResource {
  readonly ready: readonly pulumi.Resource[];
  /** The name that stays, also while there is nothing to store. */
  readonly currentName: string;
  readonly #secretName: pulumi.Output<string> | undefined;

  constructor(name: string, args: VersionedSecretArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:StoredSecret", name, {}, opts);
    const { namespace, labels } = args;
    const stringData = pulumi.secret(pulumi.all(args.values));
    this.currentName = `${name}-current`;
    if (Object.keys(args.values).length === 0) {
      this.ready = [];
      this.registerOutputs();
      return;
    }

    const versioned = new core.Secret(
      `${name}-secret`,
      { metadata: { namespace, labels }, immutable: true, stringData },
      { parent: this },
    );
    const current = new core.Secret(
      `${name}-current`,
      { metadata: { name: this.currentName, namespace, labels }, stringData },
      { parent: this },
    );
    this.#secretName = versioned.metadata.name;
    this.ready = [versioned, current];
    this.registerOutputs({ secretName: this.#secretName });
  }

  /** The name of the Secret as it is now, for a volume. @throws when there is nothing to store */
  get secretName(): pulumi.Output<string> {
    if (!this.#secretName) throw new Error(`${this.currentName} has no values, so there is no Secret to refer to`);
    return this.#secretName;
  }

  /** The values as files. @throws when there is nothing to store */
  get source() {
    return { secret: this.secretName, currentName: this.currentName };
  }

  /** A reference to one of the values. */
  ref(key: string): SecretRef {
    return { secretName: this.secretName, currentName: this.currentName, key };
  }
}

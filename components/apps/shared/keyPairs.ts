import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import type { MountedFiles } from "../../contracts";
import { knownGenerations } from "./generations";

/** What pairs of keys are made of. */
export interface KeyPairsArgs {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Record<string, string>;
  /** Number of the key that signs. */
  readonly generation: number;
}

/** The file with the public keys. */
export const publicKeysFile = "keys.pem";

/**
 * Ed25519 keys. One signs; whoever judges accepts all that are known (`knownGenerations`). A key that leaked is accepted
 * until the second raise. Only the key that signs is in the cluster.
 */
export class KeyPairs extends pulumi.ComponentResource {
  /** PKCS #8 in PEM. */
  readonly privateKey: pulumi.Output<string>;
  /** PEM texts, one after the other, in the file `publicKeysFile`. */
  readonly publicKeys: MountedFiles["source"];

  /** @param type the component's, by which deployed stacks know it */
  constructor(
    type: `switchboard:apps:${string}`,
    name: string,
    args: KeyPairsArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super(type, name, {}, opts);
    const { generation, namespace, labels } = args;
    const child = { parent: this };
    const keys = new Map(
      knownGenerations(generation).map((number) => [
        number,
        new PrivateKey(`${name}-key-${number}`, { algorithm: "ED25519" }, child),
      ]),
    );
    const pem = pulumi.all([...keys.values()].map(({ publicKeyPem }) => publicKeyPem));
    const published = new core.ConfigMap(
      `${name}-public`,
      { metadata: { namespace, labels }, immutable: true, data: { [publicKeysFile]: pem.apply(joined) } },
      child,
    );
    this.privateKey = keys.get(generation)!.privateKeyPemPkcs8;
    this.publicKeys = { configMap: published.metadata.name };
    this.registerOutputs();
  }
}

function joined(keys: readonly string[]): string {
  return keys.map((key) => `${key.trim()}\n`).join("");
}

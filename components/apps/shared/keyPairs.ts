import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import type { MountedFiles } from "../../contracts";

/** What pairs of keys are made of. */
export interface KeyPairsArgs {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Record<string, string>;
  /** Number of the key that signs. */
  readonly generation: number;
}

/** A key that signs, and those that judge. */
export interface KeyPairs {
  /** PKCS #8 in PEM. */
  readonly privateKey: pulumi.Output<string>;
  /** PEM texts, one after the other, in the file `publicKeysFile`. */
  readonly publicKeys: MountedFiles["source"];
}

/** The file with the public keys. */
export const publicKeysFile = "keys.pem";

/**
 * Ed25519 keys. One signs; whoever judges accepts it, the one before and the one after. While a new generation is rolled
 * out, pods of both sides know two generations, in any mixture: none of them meets a signature that it refuses. A key that
 * leaked is accepted until the second raise. Only the key that signs is in the cluster.
 */
export function createKeyPairs(name: string, args: KeyPairsArgs, opts: pulumi.CustomResourceOptions): KeyPairs {
  const { generation, namespace, labels } = args;
  const known = [generation - 1, generation, generation + 1].filter((number) => number > 0);
  const keys = new Map(
    known.map((number) => [number, new PrivateKey(`${name}-key-${number}`, { algorithm: "ED25519" }, opts)]),
  );
  const pem = pulumi.all([...keys.values()].map(({ publicKeyPem }) => publicKeyPem));
  const published = new core.ConfigMap(
    `${name}-public`,
    { metadata: { namespace, labels }, immutable: true, data: { [publicKeysFile]: pem.apply(joined) } },
    opts,
  );
  return {
    privateKey: keys.get(generation)!.privateKeyPemPkcs8,
    publicKeys: { configMap: published.metadata.name },
  };
}

function joined(keys: readonly string[]): string {
  return keys.map((key) => `${key.trim()}\n`).join("");
}

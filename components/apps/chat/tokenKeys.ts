import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import type { MountedFiles } from "../../contracts";

/** What the chat is given to judge the tokens that the panel signs. */
export interface ChatTokens {
  /** PEM texts, one after the other, in the file `keys.pem`. */
  readonly publicKeys: MountedFiles["source"];
  /** The table, with its schema, in which the panel says whose tokens count no more. */
  readonly revocations: string;
  /** What must be there before the chat can read that table. */
  readonly ready: readonly pulumi.Resource[];
}

/** What the keys are given. */
export interface ChatTokenKeysArgs {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Record<string, string>;
  /** Number of the key that signs. */
  readonly generation: number;
}

/**
 * The Ed25519 keys of the chat's tokens. One signs; the chat accepts it, the one before and the one after. While a new
 * generation is rolled out, pods of the panel and the chat know two generations, in any mixture: none of them meets a
 * token that it refuses. A key that leaked is accepted until the second raise. Only the key that signs is in the cluster.
 */
export class ChatTokenKeys extends pulumi.ComponentResource {
  /** PKCS #8 in PEM. */
  readonly privateKey: pulumi.Output<string>;
  readonly publicKeys: ChatTokens["publicKeys"];

  constructor(name: string, args: ChatTokenKeysArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:apps:ChatTokenKeys", name, {}, opts);
    const { generation, namespace, labels } = args;
    const known = [generation - 1, generation, generation + 1].filter((number) => number > 0);
    const keys = new Map(
      known.map((number) => [
        number,
        new PrivateKey(`${name}-key-${number}`, { algorithm: "ED25519" }, { parent: this }),
      ]),
    );
    const pem = pulumi.all([...keys.values()].map(({ publicKeyPem }) => publicKeyPem));
    const published = new core.ConfigMap(
      `${name}-public`,
      { metadata: { namespace, labels }, immutable: true, data: { [publicKeysFile]: pem.apply(joined) } },
      { parent: this },
    );
    this.privateKey = keys.get(generation)!.privateKeyPemPkcs8;
    this.publicKeys = { configMap: published.metadata.name };
    this.registerOutputs();
  }
}

/** The file with the public keys. */
export const publicKeysFile = "keys.pem";

function joined(keys: readonly string[]): string {
  return keys.map((key) => `${key.trim()}\n`).join("");
}

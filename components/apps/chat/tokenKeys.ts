import * as pulumi from "@pulumi/pulumi";
import type { MountedFiles } from "../../contracts";
import { createKeyPairs, type KeyPairs, type KeyPairsArgs } from "../shared/keyPairs";

/** What the chat is given to judge the tokens that the panel signs. */
export interface ChatTokens {
  /** PEM texts, one after the other, in the file `keys.pem`. */
  readonly publicKeys: MountedFiles["source"];
  /** The table, with its schema, in which the panel says whose tokens count no more. */
  readonly revocations: string;
  /** What must be there before the chat can read that table. */
  readonly ready: readonly pulumi.Resource[];
}

/** The keys of the chat's tokens. */
export class ChatTokenKeys extends pulumi.ComponentResource implements KeyPairs {
  readonly privateKey: KeyPairs["privateKey"];
  readonly publicKeys: KeyPairs["publicKeys"];

  constructor(name: string, args: KeyPairsArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:apps:ChatTokenKeys", name, {}, opts);
    ({ privateKey: this.privateKey, publicKeys: this.publicKeys } = createKeyPairs(name, args, { parent: this }));
    this.registerOutputs();
  }
}

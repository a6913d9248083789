import { Alias } from "@pulumi/aws/kms/alias";
import { Key } from "@pulumi/aws/kms/key";
import * as pulumi from "@pulumi/pulumi";
import type { Protection } from "../../contracts";
import type { Account } from "./account";
import { keyPolicy } from "./policies";

/** What the key is given. */
export interface EncryptionArgs {
  readonly account: Account;
  readonly protection: Protection;
}

/** Longest that KMS lets a deleted key be brought back, in days; without its key nothing stored can be read again. */
const deletionWindowInDays = 30;

/**
 * The one KMS key of the stack: Secrets in the cluster, disks of nodes, volumes, logs and databases are encrypted with
 * it. It renews itself every year and keeps what it was, for what was written before.
 */
export class Encryption extends pulumi.ComponentResource {
  readonly keyArn: pulumi.Output<string>;

  constructor(name: string, { account, protection }: EncryptionArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:EksEncryption", name, {}, opts);
    const key = new Key(
      `${name}-key`,
      {
        description: `Everything stored of ${account.fullName}`,
        enableKeyRotation: true,
        deletionWindowInDays,
        policy: JSON.stringify(keyPolicy(account)),
      },
      { parent: this, protect: protection.covers(`${name}-key`) },
    );
    new Alias(`${name}-alias`, { name: `alias/${account.fullName}`, targetKeyId: key.keyId }, { parent: this });
    this.keyArn = key.arn;
    this.registerOutputs({ keyArn: this.keyArn });
  }
}

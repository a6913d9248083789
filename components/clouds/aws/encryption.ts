import { Alias } from "@pulumi/aws/kms/alias";
import { Key } from "@pulumi/aws/kms/key";
import * as pulumi from "@pulumi/pulumi";
import type { Protection } from "../../contracts";
import type { Account } from "./account";
import { keyPolicy } from "./iamPolicies";

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
 *
 * `destroy` leaves it: last snapshots and kept backups of databases are encrypted with it, they cannot change their key,
 * and nobody could read them once it is gone. It is forgotten and not scheduled for deletion, whatever kind of database
 * the stack has now: it may have had another. Its name goes, so the next stack of this name gets a key of its own.
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
      { parent: this, protect: protection.covers(`${name}-key`), retainOnDelete: true },
    );
    new Alias(`${name}-alias`, { name: `alias/${account.fullName}`, targetKeyId: key.keyId }, { parent: this });
    this.keyArn = key.arn;
    this.registerOutputs({ keyArn: this.keyArn });
  }
}

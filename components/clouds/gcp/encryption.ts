import { CryptoKey } from "@pulumi/gcp/kms/cryptoKey";
import { CryptoKeyIAMMember } from "@pulumi/gcp/kms/cryptoKeyIAMMember";
import { KeyRing } from "@pulumi/gcp/kms/keyRing";
import { ServiceIdentity } from "@pulumi/gcp/projects/serviceIdentity";
import * as pulumi from "@pulumi/pulumi";
import type { Protection } from "../../contracts";
import { gkeServiceAgent } from "./names";

/** What the encryption is given. */
export interface GkeEncryptionArgs {
  readonly project: pulumi.Input<string>;
  readonly projectNumber: string;
  /** The key must be where the cluster is. */
  readonly region: string;
  readonly protection: Protection;
}

/** Seconds of 90 days: the CIS benchmark's limit for a key's age. */
const rotationPeriod = "7776000s";

/**
 * The key that encrypts the cluster's Secrets before they reach its database
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/encrypting-secrets). Without it the cluster is lost, so it is
 * protected like data. A key ring cannot be deleted at all: its name is made anew for every stack.
 */
export class GkeEncryption extends pulumi.ComponentResource {
  /** Id of the key. */
  readonly key: pulumi.Output<string>;
  /** The cluster must not be made before GKE may use the key. */
  readonly grant: pulumi.Resource;

  constructor(name: string, args: GkeEncryptionArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:GkeEncryption", name, {}, opts);
    const { project, region: location } = args;
    const ring = new KeyRing(`${name}-ring`, { project, location }, { parent: this });
    const key = new CryptoKey(
      `${name}-key`,
      { keyRing: ring.id, purpose: "ENCRYPT_DECRYPT", rotationPeriod },
      { parent: this, protect: args.protection.covers(`${name}-key`) },
    );
    // In a project that has never had a cluster this account is not there, and nothing can be granted to it
    // (https://github.com/GoogleCloudPlatform/gke-enterprise-mt/issues/2).
    const agent = new ServiceIdentity(
      `${name}-agent`,
      { project, service: "container.googleapis.com" },
      { parent: this },
    );
    this.grant = new CryptoKeyIAMMember(
      `${name}-grant`,
      {
        cryptoKeyId: key.id,
        role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
        member: gkeServiceAgent(args.projectNumber),
      },
      { parent: this, dependsOn: [agent] },
    );
    this.key = key.id;
    this.registerOutputs({ key: this.key });
  }
}

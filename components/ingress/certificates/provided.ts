import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Certificate } from "../../contracts";
import type { ProvidedCertificateSettings } from "../settings/certificate";
import type { CertificateArgs } from ".";

/**
 * A certificate that the team brings. Host, dates and the matching key were checked when the settings were read, so a
 * wrong pair never gets as far as a pod.
 */
export class ProvidedCertificate extends pulumi.ComponentResource implements Certificate {
  readonly secretName: pulumi.Output<string>;
  readonly renewal = "newName";
  readonly challenges = [];
  readonly connections = [];
  readonly authority = undefined;

  constructor(
    name: string,
    settings: ProvidedCertificateSettings,
    args: CertificateArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("switchboard:edge:ProvidedCertificate", name, {}, opts);
    const secret = new core.Secret(
      `${name}-secret`,
      {
        metadata: { namespace: args.namespace, labels: args.labels },
        type: "kubernetes.io/tls",
        immutable: true,
        stringData: { "tls.crt": settings.certificate, "tls.key": pulumi.secret(settings.key) },
      },
      { parent: this },
    );
    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}

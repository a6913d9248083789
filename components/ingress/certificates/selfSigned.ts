import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Certificate } from "../../contracts";
import { renewalDays, type SelfSignedCertificateSettings } from "../settings/certificate";
import type { CertificateArgs } from ".";

const tenYears = 10 * 365 * 24;

/**
 * A certificate of an authority of the stack's own. A person who trusts the authority once sees no warning again, also
 * after the certificate was renewed. For development and for networks without a public name.
 */
export class SelfSignedCertificate extends pulumi.ComponentResource implements Certificate {
  readonly secretName: pulumi.Output<string>;
  readonly renewal = "newName";
  readonly challenges = [];
  readonly connections = [];
  readonly authority: pulumi.Output<string>;

  constructor(
    name: string,
    settings: SelfSignedCertificateSettings,
    args: CertificateArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("switchboard:edge:SelfSignedCertificate", name, {}, opts);
    const child = { parent: this, provider: new tls.Provider(`${name}-tls`, {}, { parent: this }) };
    const authorityKey = new tls.PrivateKey(`${name}-authority-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, child);
    const authority = new tls.SelfSignedCert(
      `${name}-authority`,
      {
        privateKeyPem: authorityKey.privateKeyPem,
        isCaCertificate: true,
        setSubjectKeyId: true,
        subject: { commonName: `Switchboard ${args.stage} authority`, organization: "Switchboard" },
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: tenYears,
      },
      child,
    );
    const key = new tls.PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, child);
    const request = new tls.CertRequest(
      `${name}-request`,
      {
        privateKeyPem: key.privateKeyPem,
        dnsNames: [...args.hostnames],
        subject: { commonName: args.hostnames[0]!, organization: "Switchboard" },
      },
      child,
    );
    const certificate = new tls.LocallySignedCert(
      `${name}-certificate`,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: authorityKey.privateKeyPem,
        caCertPem: authority.certPem,
        allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
        validityPeriodHours: settings.validityDays * 24,
        earlyRenewalHours: renewalDays * 24,
      },
      child,
    );
    const secret = new core.Secret(
      `${name}-secret`,
      {
        metadata: { namespace: args.namespace, labels: args.labels },
        type: "kubernetes.io/tls",
        immutable: true,
        stringData: { "tls.crt": certificate.certPem, "tls.key": key.privateKeyPem },
      },
      { parent: this },
    );
    this.secretName = secret.metadata.name;
    this.authority = authority.certPem;
    this.registerOutputs({ secretName: this.secretName });
  }
}

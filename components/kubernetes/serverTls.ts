import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { CertRequest } from "@pulumi/tls/certRequest";
import { LocallySignedCert } from "@pulumi/tls/locallySignedCert";
import { PrivateKey } from "@pulumi/tls/privateKey";
import { SelfSignedCert } from "@pulumi/tls/selfSignedCert";
import type { MountedFiles, SecretRef, TransportSecurity } from "../contracts";
import { VersionedSecret } from "./versionedSecret";

const year = 365 * 24;
/** Hours. The authority outlives the program; its end would be an outage of one rollout, and is before 2050 (RFC 5280). */
const validity = { authority: 20 * year, certificate: 5 * year };
/** Hours before its end from which an `up` makes the server's certificate anew: a stack is updated once a year at least. */
const earlyRenewal = 2 * year;

/** What the certificate is made for. */
export interface ServerTlsArgs {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Record<string, string>;
  /** Name of the Service, by which clients call the server. */
  readonly service: string;
  /** Further Services that lead to it. @default none */
  readonly furtherServices?: readonly string[];
  /** Servers that are each other's clients: the certificate is for both, and `ca.crt` comes with it. @default false */
  readonly mutual?: boolean;
}

/**
 * TLS of one server in the cluster: an authority that is this server's own and that its clients trust alone, and a
 * certificate for the names of its Service. The first `up` makes both. Later the certificate is made anew in time and
 * the server restarted with it; clients notice nothing, because the authority stays. The authority's key is in the
 * stack's state and never in the cluster.
 */
export class ServerTls extends pulumi.ComponentResource {
  /** What clients are told. */
  readonly security: TransportSecurity;
  /** What clients verify the certificate with. */
  readonly authority: SecretRef;
  /** Secret with `tls.crt` and `tls.key`. */
  readonly secretName: pulumi.Output<string>;
  /** The same as files, for the server; with `mutual` also `ca.crt`. */
  readonly files: MountedFiles["source"];
  /** `ca.crt`, for probes. */
  readonly trusted: MountedFiles["source"];
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ServerTlsArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:ServerTls", name, {}, opts);
    const { namespace, labels, service, furtherServices = [], mutual = false } = args;
    const child = { parent: this };
    const newKey = (purpose: string) =>
      new PrivateKey(`${name}-${purpose}`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, child).privateKeyPem;

    const authorityKey = newKey("authority-key");
    const authority = new SelfSignedCert(
      `${name}-authority`,
      {
        privateKeyPem: authorityKey,
        isCaCertificate: true,
        setSubjectKeyId: true,
        subject: { commonName: `Switchboard ${service} authority`, organization: "Switchboard" },
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: validity.authority,
      },
      child,
    );
    const key = newKey("key");
    const request = new CertRequest(
      `${name}-request`,
      {
        privateKeyPem: key,
        dnsNames: [service, ...furtherServices].flatMap(dnsNames),
        subject: { commonName: service, organization: "Switchboard" },
      },
      child,
    );
    const certificate = new LocallySignedCert(
      `${name}-certificate`,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: authorityKey,
        caCertPem: authority.certPem,
        allowedUses: ["digital_signature", "server_auth", ...(mutual ? ["client_auth"] : [])],
        validityPeriodHours: validity.certificate,
        earlyRenewalHours: earlyRenewal,
      },
      child,
    );
    const secret = new core.Secret(
      `${name}-secret`,
      {
        metadata: { namespace, labels },
        type: "kubernetes.io/tls",
        immutable: true,
        stringData: {
          "tls.crt": certificate.certPem,
          "tls.key": key,
          ...(mutual ? { "ca.crt": authority.certPem } : {}),
        },
      },
      child,
    );
    const trusted = new VersionedSecret(
      `${name}-trusted`,
      { namespace, labels, values: { "ca.crt": authority.certPem } },
      child,
    );
    this.authority = trusted.ref("ca.crt");
    this.security = { mode: "verify-full", authority: this.authority };
    this.secretName = secret.metadata.name;
    this.files = { secret: this.secretName };
    this.trusted = trusted.source;
    this.ready = trusted.ready;
    this.registerOutputs();

    /** As the cluster's DNS has them, from the shortest. */
    function dnsNames(called: string): pulumi.Input<string>[] {
      const full = pulumi.interpolate`${called}.${namespace}`;
      return [called, full, pulumi.interpolate`${full}.svc`, pulumi.interpolate`${full}.svc.cluster.local`];
    }
  }
}

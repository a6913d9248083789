import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Certificate } from "../../contracts";
import { clusterService } from "../../kubernetes/service";
import type { AcmeCertificateSettings } from "../settings/acme";
import type { CertificateArgs } from ".";
import { dnsSolver, httpSolver, issuerName, solverIdentity, solverPort } from "./acmeSolvers";
import { certManager } from "./certManager";

const apiVersion = "cert-manager.io/v1";

/** Name of the Secret, which stays when the certificate is renewed. */
const secretName = "edge-certificate";

/**
 * A certificate that cert-manager gets from an ACME authority and renews at two thirds of its life, which the authority
 * decides. NGINX is started with one that cert-manager signs itself until the authority has answered: HTTP-01 needs the
 * running NGINX, so nothing here waits for the real one.
 *
 * HTTP-01 has an Issuer of the platform's own namespace. DNS-01 has one for the cluster, because only that may use
 * cert-manager's identity at the cloud; the other way would be to allow it to the Issuers of every namespace
 * (`--issuer-ambient-credentials`), any of which could then change any record of the zone. This one proves the
 * platform's own host names only, whoever uses it.
 */
export class AcmeCertificate extends pulumi.ComponentResource implements Certificate {
  readonly secretName: pulumi.Output<string>;
  readonly renewal = "inPlace";
  readonly challenges: Certificate["challenges"];
  readonly connections = [];
  readonly authority = undefined;

  constructor(
    name: string,
    settings: AcmeCertificateSettings,
    args: CertificateArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    // Not everything here dies with the namespace: see the certificate.
    super("switchboard:edge:AcmeCertificate", name, {}, { ...opts, deletedWith: undefined });
    const { place, hostnames, labels, namespace } = args;
    const inside = { parent: this, deletedWith: place.lifetime };

    const manager = settings.certManager === "install" ? certManager(place, opts) : undefined;
    const after = manager ? [manager.release] : [];
    const http = settings.challenge === "http01";
    this.challenges = http ? hostnames.map(createChallenge) : [];
    const issuer = http ? createIssuer(this) : createClusterIssuer(this);
    const certificate = createCertificate(this);

    // Known in a preview, and there for its readers only once cert-manager has been asked for it.
    this.secretName = certificate.metadata.apply(() => secretName);
    this.registerOutputs({ secretName: this.secretName });

    function createChallenge(hostname: string, index: number): Certificate["challenges"][number] {
      const identity = solverIdentity(index);
      const service = clusterService(
        {
          name: `${name}-solver-${index}`,
          namespace,
          identity,
          release: { stage: args.stage, version: "" },
          ports: { http: solverPort },
        },
        inside,
      );
      const destination = { pods: identity, port: solverPort };
      return { hostname, to: { host: service.metadata.name, port: solverPort, websocket: false, destination } };
    }

    function createIssuer(parent: pulumi.Resource): CustomResource {
      const account = new core.ServiceAccount(
        `${name}-solver`,
        { metadata: { name: `${name}-solver`, namespace, labels }, automountServiceAccountToken: false },
        inside,
      );
      const solvers = account.metadata.name.apply((solver) =>
        hostnames.map((hostname, index) => httpSolver(hostname, index, place, solver)),
      );
      const metadata = { name: issuerName(settings.directory), namespace, labels };
      return new CustomResource(
        `${name}-issuer`,
        { apiVersion, kind: "Issuer", metadata, spec: issuerSpec(metadata.name, solvers) },
        { ...inside, parent, dependsOn: after },
      );
    }

    function createClusterIssuer(parent: pulumi.Resource): CustomResource {
      // A namespace has one name in the whole cluster, and so has what is made of it.
      const issuer = pulumi.interpolate`${namespace}-${issuerName(settings.directory)}`;
      return new CustomResource(
        `${name}-issuer`,
        {
          apiVersion,
          kind: "ClusterIssuer",
          metadata: { name: issuer, labels: { ...labels, ...place.ownership.labels } },
          spec: issuerSpec(issuer, [dnsSolver(hostnames, place)]),
        },
        {
          parent,
          deletedWith: place.clusterLifetime,
          dependsOn: after,
          ...place.ownership.guard(`${name}-issuer`, "Choose another name with cluster.namespace"),
        },
      );
    }

    function issuerSpec(issuer: pulumi.Input<string>, solvers: pulumi.Input<unknown[]>) {
      return {
        acme: {
          email: settings.email,
          server: settings.directory.url,
          privateKeySecretRef: { name: pulumi.interpolate`${issuer}-account` },
          solvers,
        },
      };
    }

    /**
     * It is deleted for itself, and with all that cert-manager has made for it, before its namespace is: a question of
     * the authority that is still open has a finalizer, which only cert-manager takes away, and the namespace would
     * wait for it for ever once cert-manager is gone.
     */
    function createCertificate(parent: pulumi.Resource): CustomResource {
      return new CustomResource(
        `${name}-certificate`,
        {
          apiVersion,
          kind: "Certificate",
          metadata: {
            name: secretName,
            namespace,
            labels,
            annotations: {
              "pulumi.com/skipAwait": "true",
              "pulumi.com/deletionPropagationPolicy": "foreground",
              "cert-manager.io/issue-temporary-certificate": "true",
            },
          },
          spec: {
            secretName,
            secretTemplate: { labels },
            dnsNames: [...hostnames],
            privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
            issuerRef: {
              group: "cert-manager.io",
              kind: http ? "Issuer" : "ClusterIssuer",
              name: issuer.metadata.name,
            },
          },
        },
        { parent, dependsOn: [issuer], customTimeouts: { delete: "5m" } },
      );
    }
  }
}

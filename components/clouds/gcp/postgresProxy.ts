import * as managedZone from "@pulumi/gcp/dns/managedZone";
import * as recordSet from "@pulumi/gcp/dns/recordSet";
import * as iamMember from "@pulumi/gcp/projects/iammember";
import * as pulumi from "@pulumi/pulumi";
import type { Destination, GoogleCloud, Sidecar } from "../../contracts";
import { fixedSizes } from "../../kubernetes/fixedSizes";
import { metadataServer } from "./metadataServer";

/** Where Cloud SQL listens for proxies. */
const serverPort = 3307;
/** Where the proxy says that it has started. */
const healthPort = 9801;
/** The interface that the proxy asks for the server's address and for a certificate. */
const adminApi = "sqladmin.googleapis.com";
/**
 * `private.googleapis.com`: four addresses for all of Google's interfaces that need no way to the internet
 * (https://cloud.google.com/vpc/docs/configure-private-google-access).
 */
const privateApis = {
  cidr: "199.36.153.8/30",
  addresses: ["199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"],
};

/** What a proxy is given. */
export interface CloudSqlProxyArgs {
  readonly cloud: GoogleCloud;
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  /** Where it listens in the pod. */
  readonly port: number;
  readonly instance: { readonly name: pulumi.Output<string>; readonly connectionName: pulumi.Output<string> };
}

/**
 * Google's proxy beside every container that uses the database: it proves the pod by its IAM identity and the server by
 * the certificate that Google's interface vouches for, and encrypts what lies between. The pods of the namespace may
 * connect to this one instance. The names of Google's interface are answered inside the network with private addresses,
 * so that the network policies can allow those instead of the whole internet.
 */
export class CloudSqlProxy extends pulumi.ComponentResource {
  readonly sidecar: Sidecar;
  readonly destinations: readonly Destination[];
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: CloudSqlProxyArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:CloudSqlProxy", name, {}, opts);
    const { cloud, instance } = args;
    const own = { parent: this, provider: cloud.provider };

    const grant = createGrant();
    const record = createPrivateAddress();
    this.ready = [grant, record];
    this.destinations = [
      { cidr: cloud.managedServicesCidr, port: serverPort },
      { cidr: privateApis.cidr, port: 443 },
      metadataServer,
    ];
    this.sidecar = {
      name: "cloud-sql-proxy",
      image: args.image,
      args: [
        "--private-ip",
        `--port=${args.port}`,
        "--structured-logs",
        "--health-check",
        "--http-address=0.0.0.0",
        `--http-port=${healthPort}`,
        // A job is done when its own container is; the stop signal to the proxy after it is no failure.
        "--exit-zero-on-sigterm",
        // They would need another role, and Cloud SQL has the same numbers.
        "--enable-builtin-metrics=false",
        instance.connectionName,
      ],
      health: { port: healthPort, path: "/startup" },
      resources: fixedSizes.databaseProxy,
    };
    this.registerOutputs({ instance: instance.connectionName });

    /** `roles/cloudsql.client` lets its holder connect to every instance of the project; the condition leaves one. */
    function createGrant(): iamMember.IAMMember {
      const pool = `projects/${cloud.projectNumber}/locations/global/workloadIdentityPools/${cloud.project}.svc.id.goog`;
      return new iamMember.IAMMember(
        `${name}-access`,
        {
          project: cloud.project,
          role: "roles/cloudsql.client",
          member: pulumi.interpolate`principalSet://iam.googleapis.com/${pool}/namespace/${args.namespace}`,
          condition: {
            title: "postgres of switchboard",
            expression: pulumi.interpolate`resource.name == "projects/${cloud.project}/instances/${instance.name}" && resource.service == "${adminApi}"`,
          },
        },
        own,
      );
    }

    function createPrivateAddress(): recordSet.RecordSet {
      const zone = new managedZone.ManagedZone(
        `${name}-zone`,
        {
          description: "The interface of Cloud SQL at Google's private addresses",
          dnsName: `${adminApi}.`,
          visibility: "private",
          privateVisibilityConfig: { networks: [{ networkUrl: cloud.network }] },
        },
        own,
      );
      return new recordSet.RecordSet(
        `${name}-addresses`,
        { managedZone: zone.name, name: `${adminApi}.`, type: "A", ttl: 300, rrdatas: privateApis.addresses },
        own,
      );
    }
  }
}

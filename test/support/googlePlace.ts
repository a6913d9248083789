import { Provider as GoogleProvider } from "@pulumi/gcp/provider";
import { Connection } from "@pulumi/gcp/servicenetworking/connection";
import * as kubernetes from "@pulumi/kubernetes";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Cloud, Place } from "../../components/contracts";
import { StackProtection } from "../../components/protection";

/**
 * A place on Google Cloud without the cluster around it, for what depends on nothing but the place. Call it inside of a
 * program.
 */
export function googlePlace(operations: { protect: boolean; unprotected: string[] }): {
  readonly place: Place;
  readonly inside: pulumi.ComponentResourceOptions;
} {
  const provider = new kubernetes.Provider("inside", { kubeconfig: "{}" });
  const namespace = new core.Namespace("namespace", { metadata: { name: "switchboard" } }, { provider });
  const google = new GoogleProvider("google", { project: "switchboard-test" });
  const network = "projects/switchboard-test/global/networks/cluster-network-vpc-1a2b3c4";
  const privateAccess = new Connection(
    "connection",
    { network, service: "servicenetworking.googleapis.com", reservedPeeringRanges: ["services"] },
    { provider: google },
  );
  const cloud: Cloud = {
    kind: "google",
    provider: google,
    project: "switchboard-test",
    projectNumber: "123456789012",
    region: "europe-west1",
    network: pulumi.output(network),
    managedServicesCidr: "10.67.0.0/20",
    managedServicesRange: pulumi.output("services"),
    privateAccess,
  };
  const anywhere = { nodeSelector: {}, tolerations: [] };
  return {
    inside: { provider, deletedWith: namespace },
    place: {
      namespace: namespace.metadata.name,
      stage: "test",
      traits: {
        storageClass: undefined,
        namespaceLabels: {},
        placement: { apps: anywhere, data: anywhere },
        publicService: () => ({
          annotations: {},
          loadBalancerClass: undefined,
          externalTrafficPolicy: "Local",
          asksHealthPort: false,
        }),
        deregistrationSeconds: 30,
        acmeDnsSolver: undefined,
      },
      logLevel: "info",
      protection: new StackProtection(operations),
      cloud,
      lifetime: namespace,
      clusterLifetime: undefined,
      rolloutTimeoutSeconds: 300,
      imagePullSecret: undefined,
    },
  };
}

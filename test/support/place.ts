import * as core from "@pulumi/kubernetes/core/v1";
import { Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import type { Cloud, Place } from "../../components/contracts";
import { StackProtection } from "../../components/stack/protection";

/** What a managed server is tested with: a place beside a cluster, and the options of what is inside. */
export interface TestPlace {
  readonly place: Place;
  readonly inside: pulumi.ComponentResourceOptions;
}

/**
 * A place in a cloud without the cluster around it, for what depends on nothing but the place. Call it inside of a
 * program.
 */
export function placeIn(cloud: Cloud, operations: { protect: boolean; unprotected: string[] }): TestPlace {
  const provider = new Provider("inside", { kubeconfig: "{}" });
  const namespace = new core.Namespace("namespace", { metadata: { name: "switchboard" } }, { provider });
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
          takesNodePorts: true,
        }),
        deregistrationSeconds: 30,
        acmeDnsSolver: undefined,
        dns: undefined,
        appAccess: undefined,
      },
      logLevel: "info",
      protection: new StackProtection(operations),
      cloud,
      ownership: { labels: {}, guard: () => ({}) },
      lifetime: namespace,
      clusterLifetime: undefined,
      rolloutTimeoutSeconds: 300,
      imagePullSecrets: [],
      claims: { guard: () => ({}) },
      kinds: { guard: () => ({}) },
    },
  };
}

import { Provider as AmazonProvider } from "@pulumi/aws/provider";
import * as kubernetes from "@pulumi/kubernetes";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Cloud, Place, Placement, PodRole } from "../../components/contracts";
import { StackProtection } from "../../components/protection";

/** The stack's key in the account that the tests are about. */
export const encryptionKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d";

/** What a managed server of AWS is tested with: a place beside a cluster, and the options of what is inside. */
export interface AmazonPlace {
  readonly place: Place;
  readonly inside: pulumi.ComponentResourceOptions;
}

/** A place on AWS without the cluster around it. Call it inside of a program. */
export function amazonPlace(
  changes: { readonly protect?: boolean; readonly unprotected?: string[] } = {},
): AmazonPlace {
  const provider = new kubernetes.Provider("inside", { kubeconfig: "{}" });
  const namespace = new core.Namespace("namespace", { metadata: { name: "switchboard" } }, { provider });
  const anywhere: Placement = { nodeSelector: {}, tolerations: [] };
  const cloud: Cloud = {
    kind: "amazon",
    provider: new AmazonProvider("amazon", { region: "eu-central-1" }),
    region: "eu-central-1",
    vpcId: pulumi.output("vpc-0a1b2c3d"),
    dataSubnetIds: ["a", "b", "c"].map((zone) => pulumi.output(`subnet-${zone}`)),
    dataCidrs: ["10.0.48.0/22", "10.0.52.0/22", "10.0.56.0/22"],
    podSecurityGroupId: pulumi.output("sg-pods"),
    encryptionKeyArn: pulumi.output(encryptionKeyArn),
  };
  return {
    inside: { provider, deletedWith: namespace },
    place: {
      namespace: namespace.metadata.name,
      stage: "test",
      traits: {
        storageClass: undefined,
        namespaceLabels: {},
        placement: { apps: anywhere, data: anywhere } satisfies Record<PodRole, Placement>,
        publicService: () => ({
          annotations: {},
          loadBalancerClass: undefined,
          externalTrafficPolicy: "Local",
          asksHealthPort: false,
        }),
        deregistrationSeconds: 150,
        acmeDnsSolver: undefined,
      },
      logLevel: "info",
      protection: new StackProtection({ protect: changes.protect ?? false, unprotected: changes.unprotected ?? [] }),
      cloud,
      lifetime: namespace,
      clusterLifetime: undefined,
      rolloutTimeoutSeconds: 300,
      imagePullSecret: undefined,
    },
  };
}

import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { Provider as RandomProvider } from "@pulumi/random/provider";
import { Provider as TlsProvider } from "@pulumi/tls/provider";
import type { Cluster, Place, Protection } from "../contracts";
import { ClaimGuard } from "../kubernetes/claims";
import { KindGuard } from "../kubernetes/customKinds";
import { labelValue, ownLabels } from "../naming";
import type { Settings } from "../settings";
import type { PodSettings } from "./podDemands";
import { Quota } from "./quota";
import { Registries, registriesSecret } from "./registryLogins";
import { StackOwnership } from "./stackOwnership";

/** What the namespace is given. */
export interface NamespaceArgs {
  readonly settings: PodSettings & Pick<Settings, "cluster" | "operations" | "project">;
  readonly cluster: Cluster;
  readonly protection: Protection;
}

/** The version of the Pod Security Standard that is enforced; a new one may forbid what this program uses. */
const podSecurityVersion = "v1.36";

/**
 * The namespace that everything lives in. It enforces the restricted Pod Security Standard: a pod that asks for more is
 * refused by the API server. It is deleted for real and before anything of the cluster is, because Kubernetes then
 * gives back what is outside the cluster (the balancer, the disks); all else in it dies with it and is not deleted one
 * by one.
 */
export class Namespace extends pulumi.ComponentResource {
  /** What every layer inside the cluster is given. */
  readonly place: Place;
  /** The options of every component inside. */
  readonly inside: pulumi.ComponentResourceOptions;

  constructor(name: string, args: NamespaceArgs) {
    // Without a provider: a component waits for its own, and what only needs random values would wait for the nodes.
    super("switchboard:policies:Namespace", name);
    const { cluster } = args;
    const { operations, project } = args.settings;
    const owner = { project, stack: operations.name, stage: operations.stage };
    const ownership = new StackOwnership(owner, cluster.kubeconfig, {
      name: cluster.name,
      isOwn: cluster.lifetime !== undefined,
    });
    const namespace = new core.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: args.settings.cluster.namespace,
          labels: {
            ...ownLabels,
            "switchboard.dev/stage": labelValue(operations.stage),
            ...ownership.labels,
            ...cluster.traits.namespaceLabels,
            ...Object.fromEntries(
              ["enforce", "warn", "audit"].flatMap((mode) => [
                [`pod-security.kubernetes.io/${mode}`, "restricted"],
                [`pod-security.kubernetes.io/${mode}-version`, podSecurityVersion],
              ]),
            ),
          },
        },
      },
      // The database's volume goes with its namespace.
      {
        parent: this,
        provider: cluster.provider,
        protect: args.protection.covers(`${name}-namespace`),
        dependsOn: [...cluster.ready],
        hooks: {
          beforeCreate: [
            ...ownership.looks(`${name}-namespace`, "Choose another name with cluster.namespace"),
            ...(operations.imagePullSecret ? [ownership.demandSecret(`${name}-pull`, operations.imagePullSecret)] : []),
          ],
        },
      },
    );
    // Explicit like every provider, so that what has lost its own fails instead of taking a default one.
    const random = new RandomProvider(`${name}-random`, {}, { parent: this });
    const tls = new TlsProvider(`${name}-tls`, {}, { parent: this });
    this.inside = { providers: { kubernetes: cluster.provider, random, tls }, deletedWith: namespace };
    const parent: pulumi.Resource = this;
    const { provider } = cluster;
    const deletedWith = namespace;
    const logins = Object.values(operations.registries);
    this.place = {
      namespace: withCredentials(bounded(namespace.metadata.name)),
      stage: operations.stage,
      traits: cluster.traits,
      logLevel: operations.logLevel,
      protection: args.protection,
      cloud: cluster.cloud,
      ownership,
      claims: new ClaimGuard(cluster.kubeconfig),
      kinds: new KindGuard(cluster.kubeconfig),
      lifetime: namespace,
      clusterLifetime: cluster.lifetime,
      rolloutTimeoutSeconds: operations.rolloutTimeoutSeconds,
      imagePullSecrets: [
        ...(logins.length > 0 ? [registriesSecret] : []),
        ...(operations.imagePullSecret ? [operations.imagePullSecret] : []),
      ],
    };
    this.registerOutputs({ namespace: namespace.metadata.name });

    /** The namespace once the credentials of its registries are there, so that no pod comes before them. */
    function withCredentials(namespace: pulumi.Output<string>): pulumi.Output<string> {
      if (logins.length === 0) return namespace;
      return new Registries(`${name}-registries`, { namespace, logins }, { parent, provider, deletedWith }).namespace;
    }

    /** The namespace once its bounds are there, so that no pod comes before them. */
    function bounded(namespace: pulumi.Output<string>): pulumi.Output<string> {
      if (!operations.quota.enabled) return namespace;
      return new Quota(`${name}-bounds`, { namespace, settings: args.settings }, { parent, provider, deletedWith })
        .namespace;
    }
  }
}

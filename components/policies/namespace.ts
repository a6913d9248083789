import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster, Place } from "../contracts";
import { labelValue, product } from "../naming";
import type { Settings } from "../settings";

/** What the namespace is given. */
export interface NamespaceArgs {
  readonly settings: Pick<Settings, "cluster" | "operations">;
  readonly cluster: Cluster;
}

/** The version of the Pod Security Standard that is enforced; a new one may forbid what this program uses. */
const podSecurityVersion = "v1.36";

/**
 * The namespace that everything lives in. It enforces the restricted Pod Security Standard: a pod that asks for more is
 * refused by the API server.
 */
export class Namespace extends pulumi.ComponentResource {
  /** What every layer inside the cluster is given. */
  readonly place: Place;

  constructor(name: string, args: NamespaceArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:policies:Namespace", name, {}, opts);
    const { cluster } = args;
    const { operations } = args.settings;
    const namespace = new core.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: args.settings.cluster.namespace,
          labels: {
            "app.kubernetes.io/part-of": product,
            "app.kubernetes.io/managed-by": "pulumi",
            "switchboard.dev/stage": labelValue(operations.stage),
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
      { parent: this, protect: operations.protect },
    );
    this.place = {
      namespace: namespace.metadata.name,
      stage: operations.stage,
      traits: cluster.traits,
      logLevel: operations.logLevel,
      protect: operations.protect,
      rolloutTimeoutSeconds: operations.rolloutTimeoutSeconds,
      imagePullSecret: operations.imagePullSecret,
    };
    this.registerOutputs({ namespace: namespace.metadata.name });
  }
}

import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { PodIdentity } from "../contracts";
import { instanceLabel, type ReleaseLabels, selectorLabels, standardLabels } from "../naming";

/** A Service that other pods call by its name. */
export interface ClusterServiceArgs {
  readonly name: string;
  readonly namespace: pulumi.Input<string>;
  readonly identity: PodIdentity;
  /** Of the pods, where there are others of this identity. @default none */
  readonly instance?: string;
  readonly release: ReleaseLabels;
  readonly ports: Readonly<Record<string, number>>;
  /** No address of its own: the name resolves to every pod, also to those that are not ready yet. */
  readonly headless?: boolean;
}

/**
 * A Service inside the cluster under a fixed name. Nobody waits for its pods: the pods of the edge need the name of the
 * Service to start, and a Service that waits for its pods would then wait for itself
 * (https://github.com/pulumi/pulumi-kubernetes/issues/1648).
 */
export function clusterService(args: ClusterServiceArgs, opts: pulumi.CustomResourceOptions): core.Service {
  return new core.Service(
    `${args.name}-service`,
    {
      metadata: {
        name: args.name,
        namespace: args.namespace,
        labels: standardLabels(args.identity, args.release),
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        selector: { ...selectorLabels(args.identity), ...instanceLabel(args.instance) },
        ...(args.headless ? { clusterIP: "None", publishNotReadyAddresses: true } : {}),
        ports: Object.entries(args.ports).map(([name, port]) => ({ name, port, targetPort: port, protocol: "TCP" })),
      },
    },
    opts,
  );
}

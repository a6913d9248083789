import * as apps from "@pulumi/kubernetes/apps/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Connection, Destination } from "../contracts";
import type { Rollout } from "../contracts/rollout";
import { instanceLabel, selectorLabels, standardLabels } from "../naming";
import { rolloutSurge } from "./fixedSizes";
import { graceSeconds, type PodArgs, podTemplate, releaseOf } from "./podTemplate";
import { podAccount } from "./serviceAccount";

/** What a workload is given: its pod, and how many of it. */
export interface WorkloadArgs extends Omit<PodArgs, "serviceAccount" | "restartPolicy"> {
  readonly namespace: pulumi.Input<string>;
  /** @default one of its own */
  readonly serviceAccount?: string | undefined;
  readonly replicas: number;
  /** Whether a release adds new pods before it takes old ones away. @default rolling */
  readonly strategy?: "rolling" | "recreate";
  /** Seconds that `up` waits for a rollout. */
  readonly rolloutTimeoutSeconds: number;
  /** What the pods connect to; the network policies are made of it. */
  readonly connectsTo: readonly Destination[];
  /** What must be there before the first pod, and before every rollout. */
  readonly after?: readonly pulumi.Resource[];
}

/**
 * A Deployment with the manners that every app needs: no pod is taken away before its successor is ready, traffic ends
 * before the stop signal, the pods are spread, and a drain of a node never takes more than one of them. Its
 * service account has no token. Where there is one replica there is no disruption budget, because it would only
 * keep the node from being drained.
 */
export class Workload extends pulumi.ComponentResource {
  readonly rollout: Rollout;
  readonly connections: readonly Connection[];

  constructor(name: string, args: WorkloadArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:apps:Workload", name, {}, opts);
    const labels = { ...standardLabels(args.identity, releaseOf(args)), ...instanceLabel(args.instance) };
    const metadata = { name, namespace: args.namespace, labels };
    const selector = { matchLabels: { ...selectorLabels(args.identity), ...instanceLabel(args.instance) } };

    const account = podAccount(name, { metadata, serviceAccount: args.serviceAccount }, { parent: this });
    const deployment = new apps.Deployment(
      `${name}-deployment`,
      {
        // Named, because people type it: `kubectl logs deploy/panel`.
        metadata: { ...metadata, annotations: { "pulumi.com/timeoutSeconds": String(args.rolloutTimeoutSeconds) } },
        spec: {
          replicas: args.replicas,
          selector,
          strategy:
            args.strategy === "recreate"
              ? { type: "Recreate" }
              : { type: "RollingUpdate", rollingUpdate: { maxSurge: rolloutSurge, maxUnavailable: 0 } },
          minReadySeconds: 5,
          // The controller gives up a little before `up` does, so that its reason is there to be shown.
          progressDeadlineSeconds: Math.max(args.rolloutTimeoutSeconds - 10, 30),
          revisionHistoryLimit: 3,
          template: podTemplate({ ...args, serviceAccount: account.name }),
        },
      },
      { parent: this, dependsOn: [...account.ready, ...(args.after ?? [])] },
    );
    if (args.replicas >= 2) createDisruptionBudget(this);
    this.connections = args.connectsTo.map((to) => ({ from: args.identity, to }));
    this.rollout = { resource: deployment, longestSeconds: args.rolloutTimeoutSeconds + graceSeconds(args) };
    this.registerOutputs({ deployment: deployment.metadata.name });

    function createDisruptionBudget(parent: pulumi.Resource) {
      new policy.PodDisruptionBudget(
        `${name}-budget`,
        { metadata, spec: { maxUnavailable: 1, selector, unhealthyPodEvictionPolicy: "AlwaysAllow" } },
        { parent },
      );
    }
  }
}

import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { ownLabels } from "../naming";
import { formatBytes, formatCpu, type Settings } from "../settings";
import { type Amounts, type PodDemand, type PodSettings, podDemands } from "./podDemands";

/** What the bounds of the namespace are made of. */
export interface QuotaArgs {
  readonly namespace: pulumi.Input<string>;
  readonly settings: PodSettings & Pick<Settings, "operations">;
}

/**
 * The bounds of the namespace. A ResourceQuota holds all pods together to what the stack needs in its busiest moment and
 * some room above it, so that what a person starts by hand cannot take the nodes of others. A LimitRange says what a
 * container gets that says nothing itself, because the quota refuses one that says nothing.
 */
export class Quota extends pulumi.ComponentResource {
  /** The namespace, known once the bounds are there: the API server refuses pods while a quota is not counted yet. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, { namespace, settings }: QuotaArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:policies:Quota", name, {}, opts);
    const defaults = new core.LimitRange(
      `${name}-defaults`,
      {
        metadata: { name: "containers", namespace, labels: ownLabels },
        spec: { limits: [{ type: "Container", ...unsaid }] },
      },
      { parent: this },
    );
    const quota = new core.ResourceQuota(
      `${name}-quota`,
      {
        metadata: { name: "pods", namespace, labels: ownLabels },
        spec: { hard: quotaOf(podDemands(settings), settings.operations.quota.sparePercent) },
      },
      { parent: this, dependsOn: [defaults] },
    );
    // By its URN, so that the name is known in a preview too, and everything still depends on the namespace itself.
    this.namespace = pulumi.all([namespace, quota.urn]).apply(([name]) => name);
    this.registerOutputs({ namespace: this.namespace });
  }
}

/** What a container gets that says nothing itself. */
const unsaid = {
  defaultRequest: { cpu: "20m", memory: "64Mi", "ephemeral-storage": "64Mi" },
  default: { cpu: "1", memory: "256Mi", "ephemeral-storage": "1Gi" },
};

/** `spec.hard` of the quota: everything together and `sparePercent` more, rounded up to whole mebibytes. */
function quotaOf(demands: readonly PodDemand[], sparePercent: number): Record<string, string> {
  const most = (amount: (demand: PodDemand) => number) =>
    Math.ceil((demands.reduce((sum, demand) => sum + demand.most * amount(demand), 0) * (100 + sparePercent)) / 100);
  const of = (kind: "requests" | "limits", what: keyof Amounts) => most((demand) => demand[kind][what]);
  const bytes = (amount: number) => formatBytes(Math.ceil(amount / 2 ** 20) * 2 ** 20);
  const amounts = (["requests", "limits"] as const).flatMap((kind) => [
    [`${kind}.cpu`, formatCpu(of(kind, "cpu"))],
    [`${kind}.memory`, bytes(of(kind, "memory"))],
    [`${kind}.ephemeral-storage`, bytes(of(kind, "storage"))],
  ]);
  return { pods: String(most(() => 1)), ...Object.fromEntries(amounts) };
}

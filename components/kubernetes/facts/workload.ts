import type { Facts } from "../../clouds/shared/facts";
import { exactly, must } from "../../clouds/shared/facts/demand";
import { type DriftedValue, type KeptByOthers, lower } from "../../clouds/shared/facts/risk";
import { free } from "./values";

/** What it means that there are fewer pods, or none. */
export const fewerThanBefore = (from: unknown, to: unknown) =>
  to === 0 ? `no pod of it runs any more (${from} before)` : `fewer pods than before (${from} → ${to})`;

/** Fewer pods, and none. */
export const fewerPods = lower("spec.replicas", fewerThanBefore);

/** Its size where an autoscaler keeps it. */
export const autoscaled: KeptByOthers = {
  path: /^spec\.replicas$/,
  when: isAutoscaled,
  why: "kept by a HorizontalPodAutoscaler",
};

/** What runs pods that keep nothing. */
export const workload: Facts = {
  "kubernetes:apps/v1:Deployment": {
    runs: true,
    watch: [fewerPods],
    keptByOthers: [autoscaled],
    demands: {
      "rollout-keeps-capacity": (inputs) => {
        const todo = "keep it in components/kubernetes/workload.ts";
        return [
          ...must(inputs, "spec.strategy.type", exactly("RollingUpdate"), todo),
          ...must(
            inputs,
            "spec.strategy.rollingUpdate.maxUnavailable",
            { says: "0", holds: (value: unknown) => value === 0 || value === "0" || value === "0%" },
            todo,
          ),
        ];
      },
    },
    price: free.pods,
    status: "Deployment",
  },
  "kubernetes:apps/v1:ReplicaSet": { runs: true, keptByOthers: [autoscaled] },
  "kubernetes:apps/v1:DaemonSet": { runs: true },
  "kubernetes:core/v1:Pod": { runs: true },
};

function isAutoscaled({ resource: { before }, all }: DriftedValue): boolean {
  const { name, namespace } = before?.inputs?.metadata ?? {};
  const kind = before?.type.split(":").pop();
  return all.some(({ type, inputs }) => {
    const target = inputs?.spec?.scaleTargetRef;
    return (
      type.startsWith("kubernetes:autoscaling/") &&
      type.endsWith(":HorizontalPodAutoscaler") &&
      target?.kind === kind &&
      target?.name === name &&
      inputs.metadata?.namespace === namespace
    );
  });
}

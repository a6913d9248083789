import type { Facts } from "../../clouds/shared/facts";
import { fewerAtLeast, lower } from "../../clouds/shared/facts/risk";

const watch = [lower("spec.minReplicas", fewerAtLeast)];

/** What keeps the number of pods. This program makes none; a team's own additions may. */
export const autoscaler: Facts = {
  "kubernetes:autoscaling/v1:HorizontalPodAutoscaler": { watch },
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": { runs: true, watch },
};

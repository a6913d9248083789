import type { Facts } from "../../shared/facts";
import { nothing } from "../../shared/facts/answer";
import { fixed } from "../../shared/facts/fixed";
import { lost } from "../../shared/facts/risk";

/** Images in ECR: the team's own, and those that it keeps of other registries. */
export const repository: Facts = {
  "aws:ecr/repository:Repository": { stateful: lost.registry },
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": {
    // The rule costs nothing, the images that it keeps do.
    price: (bill) => bill.unpriced("its images", "0.10 a GB and month, and how large they are is not known"),
    answer: nothing,
    fixed: fixed("ecr/pull_through_cache_rule.go", "ecrRepositoryPrefix upstreamRegistryUrl upstreamRepositoryPrefix", {
      named: "ecrRepositoryPrefix",
    }),
    importId: "{ecrRepositoryPrefix}",
  },
};

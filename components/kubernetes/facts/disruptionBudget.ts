import type { Facts } from "../../clouds/shared/facts";
import { fewerAtLeast, lower } from "../../clouds/shared/facts/risk";
import { free } from "./values";

/** What keeps pods where they are, and how many there are at least. */
export const disruptionBudget: Facts = {
  "kubernetes:policy/v1:PodDisruptionBudget": {
    missed: "nothing limits how many of its pods stop at once",
    watch: [lower("spec.minAvailable", fewerAtLeast)],
    price: free.object,
  },
};

import type { Facts } from "../../clouds/shared/facts";
import { other } from "../../clouds/shared/facts/risk";

/** A kind of objects that the cluster learns. */
export const customResource: Facts = {
  "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": {
    stateful: {
      noun: "custom resource definition",
      loss: "every object of this kind in the whole cluster is deleted with it",
    },
    watch: [other("spec.versions", () => "objects of this kind may no longer fit")],
  },
};

import type { Facts } from "../../shared/facts";
import { fixed } from "../../shared/facts/fixed";
import { free, later } from "./values";

/** An add-on of EKS. */
export const addon: Facts = {
  "aws:eks/addon:Addon": {
    price: free.addon,
    answer: later((_name, inputs) => ({ addonVersion: inputs.addonVersion ?? "v1.0.0-eksbuild.1" })),
    fixed: fixed("eks/addon.go", "addonName clusterName namespaceConfig"),
    importId: "{clusterName}:{addonName}",
    wait: {
      words: "eks wait addon-active",
      flags: { "--cluster-name": "clusterName", "--addon-name": "addonName" },
    },
  },
};

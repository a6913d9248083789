import type { Facts, Inputs } from "../../clouds/shared/facts";
import type { Bill, Written } from "../../clouds/shared/facts/bill";
import { show } from "../../clouds/shared/facts/count";
import { type Complaint, oneOf } from "../../clouds/shared/facts/demand";
import { fixed } from "../../clouds/shared/facts/fixed";
import { at, isHidden, stated, textOf } from "../../clouds/shared/facts/value";

/** A Helm chart. */
export const release: Facts = {
  "kubernetes:helm.sh/v3:Release": {
    runs: true,
    demands: { "chart-pinned": pinned },
    price,
    fixed: fixed("pulumi-kubernetes, provider/pkg/provider/helm_release.go (Diff)", "name namespace", {
      named: "name",
    }),
  },
  "kubernetes:helm.sh/v4:Chart": { runs: true },
};

function pinned(inputs: unknown): Complaint[] {
  const todo = "set it in components/kubernetes/helmChart.ts";
  const wanted = {
    version: { says: 'a version ("1.2.3")', holds: (value: unknown) => /^v?\d+\.\d+\.\d+/.test(textOf(value) ?? "") },
    "repositoryOpts.repo": {
      says: "an https address",
      holds: (value: unknown) => value === undefined || (textOf(value) ?? "").startsWith("https://"),
    },
    atomic: oneOf("true"),
  };
  return Object.entries(wanted).flatMap(([path, { says, holds }]) => {
    const value = at(inputs, path);
    return isHidden(value) || holds(value) ? [] : [{ message: `${stated(path, value)}, and must be ${says}`, todo }];
  });
}

/** Charts whose content is known: pods, and no balancer or volume. */
const charts: ReadonlySet<string> = new Set(["cert-manager", "cluster-autoscaler", "aws-load-balancer-controller"]);

function price(bill: Bill, inputs: Inputs): Written {
  if (typeof inputs.chart === "string" && charts.has(inputs.chart)) {
    return bill.free("its pods run on nodes, and it makes no balancer and no volume");
  }
  bill.unpriced(`chart ${show(inputs.chart)}`, "what it makes is not known");
}

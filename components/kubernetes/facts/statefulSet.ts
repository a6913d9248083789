import type { Facts, Inputs } from "../../clouds/shared/facts";
import type { Bill, Written } from "../../clouds/shared/facts/bill";
import { show } from "../../clouds/shared/facts/count";
import { free } from "./values";
import { volume, volumeClaimPatchType } from "./volumeClaim";
import { autoscaled, fewerPods } from "./workload";

/** Pods that each keep a volume. */
export const statefulSet: Facts = {
  "kubernetes:apps/v1:StatefulSet": {
    stateful: {
      noun: "StatefulSet",
      loss: "its pods stop; new ones find their data only where volume claims of the same name are kept",
    },
    watch: [fewerPods],
    keptByOthers: [autoscaled],
    guards: [],
    price,
    status: "StatefulSet",
  },
};

/** Volumes that are asked for by every pod of a set. */
function price(bill: Bill, inputs: Inputs): Written {
  const spec = bill.part(inputs.spec, "spec", "its volumes");
  if (!spec) return;
  const templates: unknown = spec.volumeClaimTemplates;
  if (templates === undefined || (Array.isArray(templates) && templates.length === 0)) {
    return bill.free(free.pods.why);
  }
  if (!Array.isArray(templates)) return bill.unpriced("its volumes", `volumeClaimTemplates is ${show(templates)}`);
  const replicas = bill.number(spec.replicas ?? 1, "replicas", "its volumes");
  if (replicas === undefined) return;
  const sized = claimsSizedApart(bill);
  const own = (templates as Inputs[]).filter(
    (template) => !sized.has(`${template?.metadata?.name}-${inputs.metadata?.name}-0`),
  );
  if (own.length === 0) return bill.free("its volume is on the bill of its claim");
  for (const template of own) volume(bill, template?.spec, replicas);
}

/** Claims of first pods that have grown, or may: what their templates say is only how large they were made. */
function claimsSizedApart(bill: Bill): ReadonlySet<string> {
  const claims = bill.ofType(volumeClaimPatchType);
  return new Set(claims.map(({ inputs }) => String((inputs as Inputs).metadata?.name)));
}

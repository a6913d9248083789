import type { Facts, Inputs } from "../../clouds/shared/facts";
import type { Bill, Written } from "../../clouds/shared/facts/bill";
import { show, word } from "../../clouds/shared/facts/count";
import { givenOut, ofThatCluster } from "./values";

/** The size of a claim that a StatefulSet made. */
export const volumeClaimPatchType = "kubernetes:core/v1:PersistentVolumeClaimPatch";

/** Volumes and what asks for them. */
export const volumeClaim: Facts = {
  "kubernetes:core/v1:PersistentVolumeClaim": {
    stateful: { noun: "volume claim", loss: "the data on its volume is lost" },
    keptByOthers: [givenOut],
    price,
  },
  [volumeClaimPatchType]: { keptByOthers: [givenOut], price },
  "kubernetes:core/v1:PersistentVolume": {
    stateful: { noun: "volume", loss: "the data on it is lost or left without an owner" },
  },
};

function price(bill: Bill, inputs: Inputs): Written {
  volume(bill, inputs.spec, 1);
}

/** Writes down some volumes of one specification. */
export function volume(bill: Bill, spec: Inputs | undefined, count: number): Written {
  const asked = spec?.resources?.requests?.storage;
  const what = `${count === 1 ? "volume" : `${count} volumes`} of ${word(asked)}`;
  const { cluster } = bill;
  if (!cluster) return bill.unpriced(what, ofThatCluster);
  const size = gibibytes(asked);
  if (size === undefined) return bill.unpriced("a volume", `its size is ${show(asked)}, which is no quantity`);
  const named = spec?.storageClassName;
  const type = cluster.disk?.(bill, named);
  if (!type) return bill.unpriced(what, `which disks class ${show(named)} makes is not known`);
  bill.charge({ what: `${what}, ${type}`, item: `disk/${type}`, quantity: size * count });
}

const binary: Readonly<Record<string, number>> = { Ki: 2 ** -20, Mi: 2 ** -10, Gi: 1, Ti: 2 ** 10 };

/** `"256Mi"` in GiB. Clouds make no disk smaller than 1 GiB. */
function gibibytes(asked: unknown): number | undefined {
  const [, amount, unit] = /^(\d{1,6})(Ki|Mi|Gi|Ti)$/.exec(typeof asked === "string" ? asked : "") ?? [];
  return amount ? Math.max(1, Math.ceil(Number(amount) * binary[unit!]!)) : undefined;
}

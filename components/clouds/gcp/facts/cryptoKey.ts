import type { Facts, Inputs } from "../../shared/facts";
import type { Bill, Written } from "../../shared/facts/bill";
import { show } from "../../shared/facts/count";
import type { Complaint } from "../../shared/facts/demand";
import { fixed } from "../../shared/facts/fixed";
import { lost } from "../../shared/facts/risk";
import { at, isHidden, numberOf, stated, textOf } from "../../shared/facts/value";
import { free, located, namedAt } from "./values";

const aYear = 365 * 24 * 60 * 60;

/** A key of Cloud KMS and the ring that it is in. */
export const cryptoKey: Facts = {
  "gcp:kms/cryptoKey:CryptoKey": {
    stateful: lost.key,
    demands: { "key-rotates": rotates },
    guards: [],
    price,
    answer: namedAt(({ keyRing }) => `${keyRing}/cryptoKeys`),
    fixed: fixed(
      "kms/resource_kms_crypto_key.go",
      "name keyRing purpose importOnly destroyScheduledDuration cryptoKeyBackend versionTemplate.protectionLevel",
      { named: "name" },
    ),
    importId: "{keyRing}/cryptoKeys/{name}",
  },
  "gcp:kms/keyRing:KeyRing": {
    stateful: lost.key,
    price: free.keyRing,
    answer: located("keyRings"),
    fixed: fixed("kms/resource_kms_key_ring.go", "name project location", { named: "name" }),
    importId: "projects/{project}/locations/{location}/keyRings/{name}",
  },
};

function rotates(inputs: unknown): Complaint[] {
  const value = at(inputs, "rotationPeriod");
  const seconds = numberOf(textOf(value)?.replace(/s$/, ""));
  if (isHidden(value) || (seconds !== undefined && seconds <= aYear)) return [];
  return [
    {
      message: `${stated("rotationPeriod", value)}, and must be a year ("${aYear}s") or less`,
      todo: "set rotationPeriod in components/clouds/gcp/encryption.ts",
    },
  ];
}

function price(bill: Bill, inputs: Inputs): Written {
  const protection = inputs.versionTemplate?.protectionLevel ?? "SOFTWARE";
  if (protection !== "SOFTWARE") {
    return bill.unpriced("versions of the key", `the sheet has no price of protection ${show(protection)}`);
  }
  if (inputs.rotationPeriod) bill.assume("kms.google", "kms.version", "versions of the key");
  else bill.charge({ what: "1 version of the key", item: "kms.version", quantity: 1 });
}

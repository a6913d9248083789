import type { Facts, Inputs } from "../../shared/facts";
import { nothing } from "../../shared/facts/answer";
import type { Bill, Written } from "../../shared/facts/bill";
import { show } from "../../shared/facts/count";
import { demand, exactly } from "../../shared/facts/demand";
import { fixed } from "../../shared/facts/fixed";
import { lost } from "../../shared/facts/risk";
import { at, textOf } from "../../shared/facts/value";
import { arn, free, later, regionOf, textOr } from "./values";

/** A key of KMS, which AWS deletes with a delay and for good, its name, and who may use it besides the account. */
export const key: Facts = {
  "aws:kms/key:Key": {
    stateful: lost.key,
    demands: {
      "key-rotates": (inputs, resource) =>
        // Keys for signing and outside keys cannot rotate.
        /^(SYMMETRIC_DEFAULT)?$/.test(textOf(at(inputs, "customerMasterKeySpec")) ?? "")
          ? demand(
              "enableKeyRotation",
              exactly(true),
              "set enableKeyRotation in components/clouds/aws/encryption.ts",
            )(inputs, resource)
          : [],
    },
    guards: [],
    price,
    answer: later((name) => ({ arn: arn("kms", `key/${name}`), keyId: `key-of-${name}` })),
    fixed: fixed("kms/key.go", "customKeyStoreId customerMasterKeySpec keyUsage multiRegion xksKeyId"),
    leaves: ({ inputs = {}, outputs = {}, retainOnDelete }) =>
      retainOnDelete
        ? [
            {
              what: `the key ${textOr(outputs.arn)} (${textOr(inputs.description)}), 1 USD a month: without it no snapshot and no backup above can be read`,
              todo: `only when none of them is needed any more: aws kms schedule-key-deletion --key-id ${textOr(outputs.arn)} --pending-window-in-days 30 --region ${regionOf(outputs)}`,
            },
          ]
        : [],
    keptKey: true,
  },
  "aws:kms/grant:Grant": {
    missed: "whoever it is for can use the key no longer",
    price: free.grant,
    answer: nothing,
    fixed: fixed("kms/grant.go", "constraints granteePrincipal keyId name operations retireOnDelete retiringPrincipal"),
  },
  "aws:kms/alias:Alias": {
    price: free.alias,
    answer: nothing,
    fixed: fixed("kms/alias.go", "name namePrefix", { named: "name" }),
    importId: "{name}",
  },
};

function price(bill: Bill, inputs: Inputs): Written {
  if (inputs.customerMasterKeySpec !== undefined && inputs.customerMasterKeySpec !== "SYMMETRIC_DEFAULT") {
    return bill.unpriced("the key", `the sheet has no price of ${show(inputs.customerMasterKeySpec)}`);
  }
  if (bill.flag(inputs.enableKeyRotation, "enableKeyRotation", "its rotations")) {
    bill.assume("kms.amazon", "kms.key", "the key and its rotations");
  } else {
    bill.charge({ what: "the key", item: "kms.key", quantity: 1 });
  }
}

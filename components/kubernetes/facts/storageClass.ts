import type { Facts } from "../../clouds/shared/facts";
import { demand, exactly } from "../../clouds/shared/facts/demand";
import { at } from "../../clouds/shared/facts/value";
import { free } from "./values";

/** What a volume looks for the type of its disk by. */
export const storageClassType = "kubernetes:storage.k8s.io/v1:StorageClass";

/** How volumes are made. */
export const storageClass: Facts = {
  [storageClassType]: {
    runs: true,
    demands: {
      "storage-encrypted": (inputs, resource) =>
        at(inputs, "provisioner") === "ebs.csi.aws.com"
          ? demand(
              "parameters.encrypted",
              exactly(true),
              "set encrypted in components/clouds/aws/controllers.ts",
            )(inputs, resource)
          : [],
    },
    price: free.storageClass,
  },
};

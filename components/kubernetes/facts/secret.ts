import type { Facts } from "../../clouds/shared/facts";
import { free } from "./values";

const secretMaps = ["stringData", "data"];

/** What nobody may read. */
export const secret: Facts = {
  "kubernetes:core/v1:Secret": { runs: true, renewed: true, secretMaps, price: free.object },
  "kubernetes:core/v1:SecretPatch": { secretMaps },
};

import type { Facts } from "../../clouds/shared/facts";
import { free } from "./values";

/** What the External Secrets Operator makes a Secret of. */
export const externalSecret: Facts = {
  "kubernetes:external-secrets.io/v1:ExternalSecret": { price: free.object },
};

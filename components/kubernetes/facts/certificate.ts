import type { Facts } from "../../clouds/shared/facts";
import { demand, exactly } from "../../clouds/shared/facts/demand";
import { free } from "./values";

/** What cert-manager issues, and by whom. */
export const certificate: Facts = {
  "kubernetes:cert-manager.io/v1:Certificate": {
    runs: true,
    demands: {
      "certificate-key-changes": demand(
        "spec.privateKey.rotationPolicy",
        exactly("Always"),
        "keep rotationPolicy in components/ingress/certificates/acme.ts",
      ),
    },
    price: free.certificate,
  },
  "kubernetes:cert-manager.io/v1:ClusterIssuer": { runs: true, price: free.issuer },
  "kubernetes:cert-manager.io/v1:Issuer": { runs: true, price: free.issuer },
};

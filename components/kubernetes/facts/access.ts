import type { Facts } from "../../clouds/shared/facts";
import { free, givenOut } from "./values";

/** Who may do what in the cluster. */
export const access: Facts = {
  "kubernetes:core/v1:ServiceAccount": {
    missed: "pods that run under it cannot be started",
    keptByOthers: [givenOut],
    price: free.object,
  },
  "kubernetes:rbac.authorization.k8s.io/v1:Role": { runs: true },
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": { runs: true },
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": { runs: true },
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": { runs: true },
};

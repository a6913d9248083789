import type { Facts } from "../../shared/facts";
import { nothing } from "../../shared/facts/answer";
import { fixed } from "../../shared/facts/fixed";
import { free } from "./values";

/** Who may do what in a cluster of EKS: people by entries, pods by associations. */
export const clusterAccess: Facts = {
  "aws:eks/accessEntry:AccessEntry": {
    price: free.eks,
    answer: nothing,
    fixed: fixed("eks/access_entry.go", "clusterName principalArn type"),
    importId: "{clusterName}:{principalArn}",
  },
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
    price: free.eks,
    answer: nothing,
    fixed: fixed("eks/access_policy_association.go", "accessScope clusterName policyArn principalArn"),
    importId: "{clusterName}#{principalArn}#{policyArn}",
  },
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    price: free.eks,
    answer: nothing,
    fixed: fixed("eks/pod_identity_association.go", "clusterName namespace serviceAccount"),
  },
};

import type { Facts } from "../../clouds/shared/facts";
import { type Complaint, exactly } from "../../clouds/shared/facts/demand";
import { at, fieldsOf, isHidden, stated } from "../../clouds/shared/facts/value";
import { free, givenOut } from "./values";

/** What the platform stands in, and its limits. */
export const namespace: Facts = {
  "kubernetes:core/v1:Namespace": {
    stateful: {
      noun: "namespace",
      loss: "everything in it is deleted with it: apps, Secrets and volume claims with their data",
      unshaken: true,
    },
    keptByOthers: [givenOut],
    demands: { "namespace-pod-security": podSecurity },
    price: free.object,
  },
  "kubernetes:core/v1:LimitRange": { price: free.object },
  "kubernetes:core/v1:ResourceQuota": { price: free.object },
};

function podSecurity(inputs: unknown): Complaint[] {
  const key = "pod-security.kubernetes.io/enforce";
  const labels = at(inputs, "metadata.labels");
  const value = fieldsOf(labels)[key];
  if (isHidden(labels) || isHidden(value) || exactly("restricted").holds(value)) return [];
  const todo = "keep the labels of components/network/namespace.ts";
  return [{ message: `${stated(`metadata.labels[${key}]`, value)}, and must be "restricted"`, todo }];
}

import * as core from "@pulumi/kubernetes/core/v1";
import type * as inputs from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";

/** Whose account the pods of a workload have. */
export interface PodAccountArgs {
  /** Of the workload. */
  readonly metadata: inputs.meta.v1.ObjectMeta & { readonly name: string };
  /** One that is there already. @default one of the workload's own */
  readonly serviceAccount?: string | undefined;
}

/** The name of a service account, and what must be there before a pod has it. */
export interface PodAccount {
  readonly name: string;
  readonly ready: readonly pulumi.Resource[];
}

/** The service account of a workload's pods: the one that is given, else one of its own. Neither has a token. */
export function podAccount(
  name: string,
  { metadata, serviceAccount }: PodAccountArgs,
  opts: pulumi.CustomResourceOptions,
): PodAccount {
  if (serviceAccount !== undefined) return { name: serviceAccount, ready: [] };
  return { name: metadata.name, ready: [createServiceAccount(name, metadata, opts)] };
}

/** A service account whose token no pod gets. */
export function createServiceAccount(
  name: string,
  metadata: inputs.meta.v1.ObjectMeta,
  opts: pulumi.CustomResourceOptions,
): core.ServiceAccount {
  return new core.ServiceAccount(`${name}-account`, { metadata, automountServiceAccountToken: false }, opts);
}

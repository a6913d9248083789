import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import * as pulumi from "@pulumi/pulumi";
import { type Account, type PolicyDocument, roleBounds } from "./account";
import { podTrust, type ServiceAccount } from "./iamPolicies";

/** What a role is given. */
export interface RoleArgs {
  readonly account: Account;
  readonly description: string;
  /** Who may take the role on. */
  readonly trust: PolicyDocument;
  /** Policies of AWS, by name (with their path), and those of others by their ARN. */
  readonly managed?: readonly string[];
  readonly policy?: PolicyDocument;
}

/** A role, and what must be there before it is used. */
export interface IamRole {
  readonly arn: pulumi.Output<string>;
  readonly rights: readonly pulumi.Resource[];
}

/**
 * An IAM role with its policies. Its path is the cluster's name, so that a deployer's own rights can be held to the roles
 * of one stack.
 */
export function role(name: string, args: RoleArgs, opts: pulumi.CustomResourceOptions): IamRole {
  const { account } = args;
  const made = new Role(
    `${name}-role`,
    {
      description: args.description,
      ...roleBounds(account),
      assumeRolePolicy: JSON.stringify(args.trust),
      tags: { Name: `${account.fullName} ${name}` },
    },
    opts,
  );
  const managed = (args.managed ?? []).map(
    (policy) =>
      new RolePolicyAttachment(
        `${name}-${policy.split("/").at(-1)}`,
        {
          role: made.name,
          policyArn: policy.startsWith("arn:") ? policy : `arn:${account.partition}:iam::aws:policy/${policy}`,
        },
        opts,
      ),
  );
  const own = args.policy
    ? [new RolePolicy(`${name}-policy`, { role: made.name, policy: pulumi.jsonStringify(args.policy) }, opts)]
    : [];
  return { arn: made.arn, rights: [...managed, ...own] };
}

/** What pods of a service account may do in the account. */
export interface PodIdentityArgs extends Omit<RoleArgs, "trust"> {
  readonly clusterName: pulumi.Input<string>;
  readonly serviceAccount: ServiceAccount;
}

/** A role for the pods of one service account. It must be there before the pods: they are given it when they are made. */
export function podIdentity(
  name: string,
  args: PodIdentityArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { serviceAccount } = args;
  const made = role(name, { ...args, trust: podTrust(args.account, serviceAccount) }, opts);
  const { clusterName } = args;
  const association = associate(name, { clusterName, serviceAccount, roleArn: made.arn, after: made.rights }, opts);
  return [association, ...made.rights];
}

/** Which pods get a role. */
export interface AssociationArgs extends Pick<PodIdentityArgs, "clusterName" | "serviceAccount"> {
  readonly roleArn: pulumi.Input<string>;
  /** What must be there before a pod gets it. */
  readonly after: readonly pulumi.Resource[];
}

/** Gives a role to the pods of one service account, to those that are made from then on. */
export function associate(
  name: string,
  { clusterName, serviceAccount, roleArn, after }: AssociationArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return new PodIdentityAssociation(
    `${name}-association`,
    { clusterName, namespace: serviceAccount.namespace, serviceAccount: serviceAccount.name, roleArn },
    { ...opts, dependsOn: [...after] },
  );
}

import { demanded } from "../demand";
import type { Rule } from "../model";

const iamWildcards: Rule = {
  name: "iam-no-wildcards",
  level: "mandatory",
  description:
    "A policy of IAM names its actions, and what it may change; `*` stands only for what is merely looked at.",
  why: "Whoever gets hold of such a role has the service, or the account.",
  source: "CIS AWS Foundations 1.16; AWS IAM: security best practices, least privilege",
  resource: demanded("iam-no-wildcards"),
};

const trustNarrow: Rule = {
  name: "iam-trust-narrow",
  level: "mandatory",
  description: "A role is assumed by named services or principals, never by everybody.",
  why: "A role that everybody may assume is everybody's.",
  source: "AWS IAM: policy elements, Principal; CIS AWS Foundations 1.16",
  resource: demanded("iam-trust-narrow"),
};

const noBroadRoles: Rule = {
  name: "no-broad-roles",
  level: "mandatory",
  description:
    "Nobody gets a role that is everything (owner, editor, AdministratorAccess, …FullAccess), and everybody gets none.",
  why: "Least privilege: what an account cannot do, it cannot be made to do.",
  source: "CIS Google Cloud 1.5, 1.9; CIS AWS Foundations 1.16",
  resource: demanded("no-broad-roles"),
};

const ownNodeAccount: Rule = {
  name: "node-identity-own",
  level: "mandatory",
  description: "Nodes of GKE have an account of their own, not the project's default one.",
  why: "The default account of a project is often its editor.",
  source: "CIS GKE 5.2.1",
  resource: demanded("node-identity-own"),
};

/** Who may do what in the clouds. */
export const identities: readonly Rule[] = [iamWildcards, trustNarrow, noBroadRoles, ownNodeAccount];

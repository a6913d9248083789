import { byType, demand, given, type Look } from "../demand";
import type { Complaint, Rule } from "../model";
import { at, fieldsOf, isHidden, listOf, shown, stated, textOf } from "../value";

const todo = "name what is needed in components/clouds/aws/iamPolicies.ts";

/** A value that may stand alone or in a list. */
function many(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** The statements of a policy document that is known; none of one that is not, or is no JSON. */
function statementsOf(document: unknown): readonly unknown[] {
  const text = textOf(document);
  try {
    return many(at(text === undefined ? document : JSON.parse(text), "Statement")).filter((entry) => !isHidden(entry));
  } catch {
    return [];
  }
}

/** Actions that only look. Of some services listing is all that `*` as resource can be narrowed to. */
const looks = /^[a-z0-9-]+:(Describe|List|Get|Search|View)[A-Za-z]*\*?$/;

function wildcardsIn(path: string): Look {
  return (inputs) =>
    statementsOf(at(inputs, path)).flatMap((statement, index) => {
      if (at(statement, "Effect") !== "Allow") return [];
      const where = `${path}.Statement[${index}]`;
      const actions = many(at(statement, "Action")).flatMap((action) => textOf(action) ?? []);
      const broad = actions.filter((action) => /^(\*|[a-z0-9-]+:\*)$/i.test(action));
      const found: Complaint[] = broad.map((action) => ({ message: `${where}.Action has ${shown(action)}`, todo }));
      const everything = many(at(statement, "Resource")).includes("*");
      const unbounded =
        Object.keys(fieldsOf(at(statement, "Condition"))).length === 0 && !isHidden(at(statement, "Condition"));
      const changing = actions.filter((action) => !looks.test(action) && !broad.includes(action));
      if (everything && unbounded && changing.length > 0)
        found.push({ message: `${where}.Resource is "*" for ${changing.join(", ")}, without a Condition`, todo });
      return found;
    });
}

const iamWildcards: Rule = {
  name: "iam-no-wildcards",
  level: "mandatory",
  description:
    "A policy of IAM names its actions, and what it may change; `*` stands only for what is merely looked at.",
  why: "Whoever gets hold of such a role has the service, or the account.",
  source: "CIS AWS Foundations 1.16; AWS IAM: security best practices, least privilege",
  resource: byType({
    "aws:iam/rolePolicy:RolePolicy": wildcardsIn("policy"),
    "aws:iam/policy:Policy": wildcardsIn("policy"),
  }),
};

const trustNarrow: Rule = {
  name: "iam-trust-narrow",
  level: "mandatory",
  description: "A role is assumed by named services or principals, never by everybody.",
  why: "A role that everybody may assume is everybody's.",
  source: "AWS IAM: policy elements, Principal; CIS AWS Foundations 1.16",
  resource: byType({
    "aws:iam/role:Role": (inputs) =>
      statementsOf(at(inputs, "assumeRolePolicy")).flatMap((statement, index): Complaint[] => {
        const principal = at(statement, "Principal");
        const conditions = at(statement, "Condition");
        const bounded = isHidden(conditions) || Object.keys(fieldsOf(conditions)).length > 0;
        const everybody = principal === "*" || many(at(principal, "AWS")).includes("*");
        if (!everybody || bounded || at(statement, "Effect") !== "Allow") return [];
        return [
          {
            message: `assumeRolePolicy.Statement[${index}].Principal is ${shown(principal)}, without a Condition`,
            todo: "name the principal in components/clouds/aws/iamPolicies.ts",
          },
        ];
      }),
  }),
};

const powerful = /\/(AdministratorAccess|PowerUserAccess|IAMFullAccess|[A-Za-z0-9]+FullAccess)$/;
const primitive = /^roles\/(owner|editor)$/;
const anybody = /^(allUsers|allAuthenticatedUsers)$/;

/** Types that give a role of Google to somebody. */
const googleGrants = [
  "gcp:projects/iAMMember:IAMMember",
  "gcp:projects/iAMBinding:IAMBinding",
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
  "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember",
  "gcp:storage/bucketIAMMember:BucketIAMMember",
  "gcp:serviceaccount/iAMMember:IAMMember",
];

const googleGrant: Look = (inputs) => {
  const role = at(inputs, "role");
  const found: Complaint[] = [];
  if (primitive.test(textOf(role) ?? ""))
    found.push({
      message: `${stated("role", role)}, which is everything in the project`,
      todo: "give the role that is needed in components/clouds/gcp/nodeAccount.ts",
    });
  for (const member of [...many(at(inputs, "member")), ...listOf(at(inputs, "members"))]) {
    if (!anybody.test(textOf(member) ?? "")) continue;
    found.push({
      message: `${stated("member", member)}, which is everybody`,
      todo: "name the account in components/clouds/gcp/nodeAccount.ts",
    });
  }
  return found;
};

const noBroadRoles: Rule = {
  name: "no-broad-roles",
  level: "mandatory",
  description:
    "Nobody gets a role that is everything (owner, editor, AdministratorAccess, …FullAccess), and everybody gets none.",
  why: "Least privilege: what an account cannot do, it cannot be made to do.",
  source: "CIS Google Cloud 1.5, 1.9; CIS AWS Foundations 1.16",
  resource: byType({
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (inputs) => {
      const arn = at(inputs, "policyArn");
      return powerful.test(textOf(arn) ?? "")
        ? [
            {
              message: `${stated("policyArn", arn)}`,
              todo: "attach a policy that names what is needed (components/clouds/aws/iamPolicies.ts)",
            },
          ]
        : [];
    },
    ...Object.fromEntries(googleGrants.map((type) => [type, googleGrant])),
  }),
};

const ownNodeAccount: Rule = {
  name: "node-identity-own",
  level: "mandatory",
  description: "Nodes of GKE have an account of their own, not the project's default one.",
  why: "The default account of a project is often its editor.",
  source: "CIS GKE 5.2.1",
  resource: byType({
    "gcp:container/nodePool:NodePool": demand(
      "nodeConfig.serviceAccount",
      { says: "an account of its own", holds: (value) => given.holds(value) && value !== "default" },
      "give the account of components/clouds/gcp/nodeAccount.ts",
    ),
  }),
};

/** Who may do what in the clouds. */
export const identities: readonly Rule[] = [iamWildcards, trustNarrow, noBroadRoles, ownNodeAccount];

import type { Facts } from "../../shared/facts";
import { nothing } from "../../shared/facts/answer";
import type { Complaint, Look } from "../../shared/facts/demand";
import { fixed } from "../../shared/facts/fixed";
import { at, fieldsOf, isHidden, many, shown, stated, textOf } from "../../shared/facts/value";
import { looks, powerfulPolicy } from "../iamWords";
import { free, iamArn, later } from "./values";

const file = "components/clouds/aws/iamPolicies.ts";

/** A role of IAM and what it may do. */
export const role: Facts = {
  "aws:iam/role:Role": {
    demands: { "iam-trust-narrow": trustNarrow },
    price: free.iam,
    answer: later((name, inputs) => ({
      name: `${name}-0a1b2c3`,
      arn: iamArn(`role${inputs.path ?? "/"}${name}-0a1b2c3`),
    })),
    fixed: fixed("iam/role.go", "name namePrefix path", { named: "name" }),
    importId: "{name}",
  },
  "aws:iam/rolePolicy:RolePolicy": {
    demands: { "iam-no-wildcards": wildcardsIn("policy") },
    price: free.iam,
    answer: nothing,
    fixed: fixed("iam/role_policy.go", "name namePrefix role", { named: "name" }),
    importId: "{role}:{name}",
  },
  "aws:iam/policy:Policy": { demands: { "iam-no-wildcards": wildcardsIn("policy") }, price: free.iam },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    demands: {
      "no-broad-roles": (inputs) => {
        const arn = at(inputs, "policyArn");
        if (!powerfulPolicy.test(textOf(arn) ?? "")) return [];
        return [{ message: stated("policyArn", arn), todo: `attach a policy that names what is needed (${file})` }];
      },
    },
    price: free.iam,
    answer: nothing,
    fixed: fixed("iam/role_policy_attachment.go", "policyArn role", { deletedFirst: true }),
  },
};

/** The statements of a policy document that is known; none of one that is not, or is no JSON. */
function statementsOf(document: unknown): readonly unknown[] {
  const text = textOf(document);
  try {
    return many(at(text === undefined ? document : JSON.parse(text), "Statement")).filter((entry) => !isHidden(entry));
  } catch {
    return [];
  }
}

function wildcardsIn(path: string): Look {
  const todo = `name what is needed in ${file}`;
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

function trustNarrow(inputs: unknown): Complaint[] {
  return statementsOf(at(inputs, "assumeRolePolicy")).flatMap((statement, index): Complaint[] => {
    const principal = at(statement, "Principal");
    const conditions = at(statement, "Condition");
    const bounded = isHidden(conditions) || Object.keys(fieldsOf(conditions)).length > 0;
    const everybody = principal === "*" || many(at(principal, "AWS")).includes("*");
    if (!everybody || bounded || at(statement, "Effect") !== "Allow") return [];
    return [
      {
        message: `assumeRolePolicy.Statement[${index}].Principal is ${shown(principal)}, without a Condition`,
        todo: `name the principal in ${file}`,
      },
    ];
  });
}

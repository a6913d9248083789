import { z } from "zod";
import type { SettingsContext } from "../../../schema/context";
import { mapOf, Problem, show, text } from "../../../schema/fields";
import { words } from "../../../schema/values/words";
import { looks, powerfulPolicy } from "../iamWords";
import { roleArn } from "./values";

const policyForm = /^arn:(aws|aws-us-gov):iam::(aws|\d{12}):policy\/([\x21-\x7e]+\/)?[A-Za-z0-9+=,.@_-]{1,128}$/;

/** The ARN of a managed policy that an app may have. @throws Problem */
function parsePolicy(value: string): string {
  const todo = "use arn:aws:iam::<account>:policy/<name>, or arn:aws:iam::aws:policy/<name> of AWS itself";
  if (!policyForm.test(value)) throw new Problem(`${show(value)} is not the ARN of a managed policy; ${todo}`);
  if (powerfulPolicy.test(value))
    throw new Problem(`${show(value)} is all of a service, or of the account; write what the app needs as statements`);
  return value;
}

/** The account that keeps a policy; undefined for AWS itself. */
export function policyAccount(arn: string): string | undefined {
  const owner = policyForm.exec(arn)?.[2];
  return owner === "aws" ? undefined : owner;
}

/** An action of a service. @throws Problem */
function parseAction(value: string): string {
  if (/^(\*|[a-z0-9-]+:\*)$/.test(value))
    throw new Problem(`${show(value)} is everything; name the actions that the app needs, e.g. "sqs:SendMessage"`);
  if (/^[a-z0-9-]+:[A-Z][A-Za-z0-9]*\*?$/.test(value)) return value;
  throw new Problem(`${show(value)} is not an action of IAM; use e.g. "sqs:SendMessage"`);
}

/** What an action is about. @throws Problem */
function parseResource(value: string): string {
  if (value === "*" || /^arn:aws(-us-gov)?:[a-z0-9-]+:/.test(value)) return value;
  throw new Problem(`${show(value)} is not an ARN; use e.g. "arn:aws:sqs:eu-west-1:123456789012:orders"`);
}

const atLeastOne = (of: string) => ({ error: `is empty; name at least one ${of}` });

const statement = z
  .strictObject({
    actions: z.array(text(parseAction)).min(1, atLeastOne("action")),
    resources: z.array(text(parseResource)).min(1, atLeastOne("resource")),
    conditions: mapOf(z.record(z.string(), z.array(words())), () => undefined).optional(),
  })
  .superRefine(({ actions, resources, conditions = {} }, context) => {
    const changing = actions.filter((action) => !looks.test(action));
    const isOpen = resources.includes("*") && Object.keys(conditions).length === 0;
    if (isOpen && changing.length > 0)
      context.addIssue({
        code: "custom",
        path: ["resources"],
        message: `"*" lets the app do ${changing.join(", ")} to everything in the account; name ARNs, or add conditions`,
      });
  });

/** A role of IAM, as an app has one. */
export const iamRole = (_context: SettingsContext) =>
  z
    .strictObject({
      kind: z
        .literal("iamRole")
        .describe("`iamRole`: on EKS, a role of IAM that the app's pods act as, by EKS Pod Identity"),
      policies: z.array(text(parsePolicy)).prefault([]).describe("ARNs of managed policies that it gets"),
      statements: z
        .array(statement)
        .prefault([])
        .describe("what else it may do: `actions`, `resources` (ARNs) and `conditions` as IAM has them"),
      role: roleArn()
        .optional()
        .describe(
          "ARN of a role that somebody else keeps, with all its rights and its trust; default: the program makes one",
        ),
    })
    .superRefine(({ policies, statements, role }, context) => {
      const wrong = (message: string, ...path: (string | number)[]) =>
        context.addIssue({ code: "custom", path, message });
      const names = policies.map((arn) => arn.split("/").at(-1));
      for (const [index, arn] of policies.entries())
        if (names.indexOf(names[index]) < index)
          wrong(`${show(arn)} has the name of another one; keep one of them`, "policies", index);
      if (role === undefined) return;
      for (const [key, list] of Object.entries({ policies, statements }))
        if (list.length > 0)
          wrong(
            `is there together with role, whose rights somebody else keeps; remove ${key} and have ${role} given them, or remove role`,
            key,
          );
    });

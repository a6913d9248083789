import type { z } from "zod";
import { mapOf, Problem, show, text } from "../../../schema/fields";
import { roleArnParts } from "./values";

/** What every service of AWS takes in a tag (https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html). */
const keyForm = /^[\p{L}\p{N} _.:/+@-]{1,128}$/u;
const valueForm = /^[\p{L}\p{N} _.:/=+@-]{0,256}$/u;
/** Tags that the platform sets itself, or by which AWS and Kubernetes find what is theirs. */
const own = /^(part-of|managed-by|stage|Name)$/i;
const reserved = /^(aws:|eks:|([a-z0-9-]+\.)*(kubernetes|k8s)\.io\/|k8s\.amazonaws\.com\/|elbv2\.k8s\.aws\/)/i;
/** A resource may have 50; the platform and the controllers set up to 12. */
const most = 38;

function keyProblem(key: string): string | undefined {
  if (own.test(key)) return "is set by the platform; use a key of your own";
  if (reserved.test(key)) return "is a key of AWS or of Kubernetes; use a key of your own";
  // A comma or an equals sign would be read as another tag by the controllers, which get them in one line.
  return keyForm.test(key)
    ? undefined
    : `${show(key)} is not a key of a tag; use up to 128 letters, digits, spaces and "_", ".", ":", "/", "+", "-", "@"`;
}

/** Tags of everything in the account, by key. */
export const tags = () =>
  mapOf(
    text((value) => value).refine((value) => valueForm.test(value), {
      error: (issue) =>
        `${show(issue.input)} is not a value of a tag; use up to 256 letters, digits, spaces and "_", ".", ":", "/", "=", "+", "-", "@"`,
    }),
    keyProblem,
  ).refine((given) => Object.keys(given).length <= most, {
    error: (issue) => `has ${Object.keys(issue.input as object).length} tags; AWS has room for ${most} of your own`,
  });

const policyForm = /^arn:(aws|aws-us-gov):iam::(\d{12}|aws):policy\/((?:[\x21-\x7e]+\/)?)([A-Za-z0-9+=,.@_-]{1,128})$/;

/** The ARN of an IAM policy that bounds roles. @throws Problem that says what it is instead */
function parsePolicyArn(value: string): string {
  const todo = "use arn:aws:iam::<account>:policy/<name>";
  if (roleArnParts(value).account !== "") throw new Problem(`${show(value)} is a role, not a policy; ${todo}`);
  if (!policyForm.test(value)) throw new Problem(`${show(value)} is not the ARN of an IAM policy; ${todo}`);
  return value;
}

/** The account of a checked policy ARN; undefined for one that AWS keeps for everybody. */
export function policyAccount(arn: string): string | undefined {
  const account = policyForm.exec(arn)?.[2];
  return account === "aws" ? undefined : account;
}

export const policyArn = (): z.ZodType<string, string> => text(parsePolicyArn);

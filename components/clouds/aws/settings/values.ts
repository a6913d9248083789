import { z } from "zod";
import { Problem, show, text } from "../../../schema/fields";

/** Letters of a region of AWS: part of the world, direction, number (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html). */
const regionForm =
  /^(af|ap|ca|cn|eu|il|me|mx|sa|us)(-gov)?-(north|south|east|west|central|northeast|northwest|southeast|southwest)-[1-9]$/;
/** A region of Google Cloud has no dash before its number: `us-central1`. */
const googleRegion = /^[a-z]+-[a-z]+\d(-[a-z])?$/;

/** Whether a text has the form of a region's name, whatever its part of AWS. */
export function isRegion(value: string): boolean {
  return regionForm.test(value);
}

/** A region of AWS. @throws Problem, also for a zone and for another cloud's region */
export function parseRegion(value: string): string {
  const todo = 'use e.g. "eu-west-1"';
  const [, region] = /^((?:[a-z]+-)+[1-9])[a-z]$/.exec(value) ?? [];
  if (region && isRegion(region))
    throw new Problem(`${show(value)} is an availability zone; use its region ${show(region)}`);
  if (googleRegion.test(value))
    throw new Problem(
      `${show(value)} is a ${/-[a-z]$/.test(value) ? "zone" : "region"} of Google Cloud, not an AWS region name; ${todo}`,
    );
  if (!isRegion(value)) throw new Problem(`${show(value)} is not an AWS region name; ${todo}`);
  if (value.startsWith("cn-"))
    throw new Problem(`${show(value)} is in China, where services have names that this program does not use; ${todo}`);
  return value;
}

/** The part of AWS that a region belongs to, the second word of every ARN. */
export function partitionOf(region: string): "aws" | "aws-us-gov" {
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The ARN of an IAM role, in its parts. */
export interface RoleArn {
  readonly account: string;
  /** Unique in the account, whatever the path. */
  readonly name: string;
}

const roleForm = /^arn:(aws|aws-us-gov):iam::(\d{12}):role\/((?:[\x21-\x7e]+\/)?)([A-Za-z0-9+=,.@_-]{1,64})$/;

/** The ARN of an IAM role, as access to the cluster is given to. @throws Problem that says what it is instead */
export function parseRoleArn(value: string): string {
  const todo = "use arn:aws:iam::<account>:role/<name>";
  const session = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/.exec(value);
  if (session) {
    const [, partition, account, role] = session;
    // A role of IAM Identity Center has a path that its session does not show.
    const path = role!.startsWith("AWSReservedSSO_") ? "aws-reserved/sso.amazonaws.com/<region>/" : "";
    throw new Problem(
      `${show(value)} is a session, which ends; use its role "arn:${partition}:iam::${account}:role/${path}${role}"`,
    );
  }
  if (/^arn:aws[a-z-]*:iam::\d{12}:user\//.test(value))
    throw new Problem(`${show(value)} is a user, whose keys do not end; make a role that the user may assume; ${todo}`);
  if (/^arn:aws[a-z-]*:iam::\d{12}:root$/.test(value))
    throw new Problem(`${show(value)} is a whole account; name a role of it; ${todo}`);
  if (!roleForm.test(value)) throw new Problem(`${show(value)} is not the ARN of an IAM role; ${todo}`);
  return value;
}

/** The parts of a checked role ARN. */
export function roleArnParts(arn: string): RoleArn {
  const [, , account = "", , name = ""] = roleForm.exec(arn) ?? [];
  return { account, name };
}

const typeForm = /^[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|xlarge|\d+xlarge|metal|metal-\d+xl)$/;

/** An instance type of EC2 that a node can be. @throws Problem, also for another cloud's machine type */
export function parseInstanceType(value: string): string {
  const todo = 'use e.g. "m7g.large"';
  if (/^[a-z]\d[a-z]?-(standard|highmem|highcpu|micro|small|medium|custom)/.test(value) || /^custom-/.test(value))
    throw new Problem(`${show(value)} is a machine type of Google Cloud; ${todo}`);
  if (/^(db|cache)\./.test(value))
    throw new Problem(
      `${show(value)} is a type of a managed server; did you mean "${value.slice(value.indexOf(".") + 1)}"?`,
    );
  if (!typeForm.test(value)) throw new Problem(`${show(value)} is not an instance type of EC2; ${todo}`);
  // 4 pods of nano and micro are taken by the cluster's own (https://github.com/awslabs/amazon-eks-ami, eni-max-pods.txt).
  if (/\.(nano|micro)$/.test(value))
    throw new Problem(`${show(value)} has room for 4 pods, which the cluster's own take; ${todo}`);
  return value;
}

/**
 * The processor of an instance type: types with a `g` after the generation are AWS Graviton, and so is the first
 * generation, `a1` (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html).
 */
export function architectureOf(instanceType: string): "arm64" | "x86_64" {
  const family = instanceType.slice(0, instanceType.indexOf("."));
  const [, attributes = ""] = /^[a-z]+\d+([a-z]*)/.exec(family) ?? [];
  return attributes.includes("g") || family === "a1" ? "arm64" : "x86_64";
}

/** Minor versions of Kubernetes that this program is written for and EKS offers. */
const oldest = 31;
const newest = 36;
const versions = `use "1.${oldest}" to "1.${newest}"`;

/** A minor version of Kubernetes. A number is refused: YAML reads 1.30 as 1.3. */
export function kubernetesVersion() {
  return z
    .string({
      error: (issue) => {
        if (typeof issue.input !== "number") return undefined;
        const digits = String(issue.input);
        const meant = /^1\.[1-9]$/.test(digits) ? `${digits}0` : digits;
        return `${digits} is a number; quote it ("${meant}"); ${versions}`;
      },
    })
    .transform((value, issues) => {
      const [, minor] = /^1\.(\d+)$/.exec(value) ?? [];
      if (minor && Number(minor) >= oldest && Number(minor) <= newest) return value;
      const patch = /^v?(1\.\d+)(\.\d+)?$/.exec(value);
      const message =
        patch && patch[1] !== value && !minor
          ? `${show(value)} is not a minor version; did you mean "${patch[1]}"?`
          : `${show(value)} is not a version of Kubernetes that is supported; ${versions}`;
      issues.addIssue({ code: "custom", message });
      return z.NEVER;
    });
}

export const region = () => text(parseRegion);
export const roleArn = () => text(parseRoleArn);
export const instanceType = () => text(parseInstanceType);

/** The number of an account of AWS; it is text, because it may begin with a zero. */
export const accountId = () =>
  z
    .string({
      error: (issue) =>
        typeof issue.input === "number"
          ? `${issue.input} is a number; quote it ("${String(issue.input).padStart(12, "0")}")`
          : undefined,
    })
    .refine((value) => /^\d{12}$/.test(value), {
      // Every role would else be told to be of the wrong account.
      abort: true,
      error: (issue) => {
        const digits = String(issue.input).replace(/-/g, "");
        return /^\d{12}$/.test(digits)
          ? `${show(issue.input)} has dashes; write "${digits}"`
          : `${show(issue.input)} is not an account of AWS; use its 12 digits (aws sts get-caller-identity)`;
      },
    });

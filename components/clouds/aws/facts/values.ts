import type { Answer } from "../../shared/facts/answer";

/** The account and the region of a preview that asks nobody. */
const account = "012345678901";
export const region = "eu-west-1";

/** What the cloud alone knows: nothing in a preview. */
export const later =
  (outputs: (name: string, inputs: Record<string, any>) => Record<string, unknown>): Answer =>
  (inputs, { preview, name }) =>
    preview ? {} : outputs(name, inputs);

export const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
export const iamArn = (resource: string) => `arn:aws:iam::${account}:${resource}`;

/** Digits that an id of EC2 ends with, the same for the same name. */
export const digits = (name: string) =>
  [...name]
    .reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7)
    .toString(16)
    .padStart(17, "0");

/** What costs nothing, with the page that says so. */
const page = (path: string) => `https://aws.amazon.com/${path}`;
export const free = {
  eks: { why: "part of the cluster's price", source: page("eks/pricing/") },
  addon: { why: "AWS's own add-ons cost nothing beside the nodes that they run on", source: page("eks/pricing/") },
  iam: { why: "IAM is free", source: page("iam/faqs/") },
  bucket: { why: "a setting of the bucket", source: page("s3/pricing/") },
  grant: { why: "a grant costs nothing; only questions to the key do", source: page("kms/pricing/") },
  alias: { why: "a name of a key", source: page("kms/pricing/") },
  network: { why: "a network costs nothing, only gateways and addresses do", source: page("vpc/pricing/") },
  internetGateway: { why: "only what leaves through it costs", source: page("vpc/pricing/") },
  rule: { why: "a rule of the network", source: page("vpc/pricing/") },
  launchTemplate: {
    why: "machines and disks made by it are counted with their node group",
    source: page("ec2/pricing/on-demand/"),
  },
  flowLog: { why: "what it writes is counted with its log group", source: page("cloudwatch/pricing/") },
  rds: { why: "settings of the server", source: page("rds/postgresql/pricing/") },
  elastiCache: { why: "settings of the server", source: page("elasticache/pricing/") },
  record: {
    why: "records cost nothing up to 10,000 in a zone; questions are on the bill of the zone, which exists",
    source: page("route53/pricing/"),
  },
} as const;

type Values = Readonly<Record<string, unknown>>;

/** The region in the ARN of what was made. */
export function regionOf({ arn }: Values): string {
  return textOr(arn).split(":")[3] || "REGION";
}

/** A text for a person. */
export function textOr(value: unknown): string {
  return typeof value === "string" ? value : "(name not known)";
}

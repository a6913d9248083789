import type * as pulumi from "@pulumi/pulumi";
import { partitionOf } from "./settings/values";

/** Where everything is made, and what its names are made of. */
export interface Account {
  readonly id: string;
  readonly region: string;
  /** The second word of every ARN. */
  readonly partition: string;
  /** Name of the cluster; roles have it as their path, so that a deployer's rights can end there. */
  readonly fullName: string;
  /** Carried by everything, also by what controllers make. */
  readonly tags: Readonly<Record<string, string>>;
  /** Those of the settings among the tags. */
  readonly ownTags: Readonly<Record<string, string>>;
  /** ARN of the policy that bounds every role; undefined for none. */
  readonly permissionsBoundary: string | undefined;
}

/** The account of a cluster's settings. */
export function accountOf(
  settings: {
    readonly accountId: string;
    readonly region: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly permissionsBoundary?: string;
  },
  args: { readonly fullName: string; readonly stage: string },
): Account {
  return {
    id: settings.accountId,
    region: settings.region,
    partition: partitionOf(settings.region),
    fullName: args.fullName,
    tags: { ...settings.tags, "part-of": "switchboard", "managed-by": "pulumi", stage: args.stage },
    ownTags: settings.tags,
    permissionsBoundary: settings.permissionsBoundary,
  };
}

/** What every IAM role of the stack has: the cluster's name as its path, and the boundary where there is one. */
export function roleBounds({ fullName, permissionsBoundary }: Account) {
  return { path: `/${fullName}/`, permissionsBoundary };
}

/** The cluster's ARN, which is known before the cluster is there. */
export function clusterArn({ partition, region, id, fullName }: Account): string {
  return `arn:${partition}:eks:${region}:${id}:cluster/${fullName}`;
}

/** One permission of an IAM document. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Action: readonly string[];
  readonly Resource?: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** An IAM document. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export function document(...statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

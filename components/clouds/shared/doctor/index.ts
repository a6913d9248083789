import type { Programs, RunningServers, VersionFact } from "../versions";
import type { Asked } from "./ask";
import type { Check, CloudSubject, Finding, World } from "./model";

/** A program that an `up` on a cloud calls, or a person beside it. */
export interface Program {
  readonly name: string;
  /** How it is asked for its version. @default ["--version"] */
  readonly args?: readonly string[];
  /** The least version. @default any */
  readonly least?: string;
  /** Whether an `up` itself fails without it. */
  readonly needed: boolean;
}

/** What a cloud brings for the doctor. */
export interface CloudDoctor {
  readonly programs: readonly Program[];
  /** How Pulumi is logged in to a bucket of this cloud: `gs` of `pulumi login gs://BUCKET`. */
  readonly bucketScheme: string;
  /** What the stack's cluster is called there. @param fullName `<project>-<operations.name>` */
  readonly clusterName: (fullName: string) => string;
  /** In the order in which a person meets what they are about: account, rights, region, quotas, way to the API server. */
  readonly checks: readonly Check[];
  /** What is asked after the versions: ages of what is there. */
  readonly ages: readonly Check[];
  readonly kubernetesVersion: (subject: CloudSubject, world: World) => Promise<readonly Finding[]>;
  /** What it runs of a stack, in which versions, and what is newer. @param servers those that the stack's state knows */
  readonly versions: (
    subject: CloudSubject,
    world: Programs,
    servers: RunningServers,
  ) => Promise<readonly VersionFact[]>;
  /** The name servers of the stack's DNS zone. @param cluster the settings of this cloud's cluster */
  readonly zoneServers: (cluster: unknown, world: World) => Promise<Asked<readonly string[]>>;
}

import * as pulumi from "@pulumi/pulumi";
import type { AppAccess, AppAccessArgs, Destination, Protection } from "../../contracts";
import type { SettingsOf } from "../../schema/sealed";
import { type Account, document, type Statement } from "./account";
import { createBuckets } from "./buckets";
import { bucketStatements } from "./iamPolicies";
import { associate, podIdentity } from "./identities";
import type { iamRole } from "./settings/identity";

/** The cluster whose apps have identities, and where everything of them is made. */
export interface AwsAccessPlace {
  readonly provider: pulumi.ProviderResource;
  readonly account: Account;
  readonly clusterName: pulumi.Input<string>;
  readonly namespace: string;
  /** The key that everything stored is encrypted with. */
  readonly keyArn: pulumi.Input<string>;
  readonly protection: Protection;
}

/**
 * Where the agent of EKS Pod Identity gives pods the credentials of their role
 * (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html).
 */
const identityAgent: Destination = { cidr: "169.254.170.23/32", port: 80 };

/**
 * What an app is and has in the account: a role that its pods act as, with the policies that the settings name, and
 * buckets that it alone may read and write. It stands beside the namespace and outlives it.
 *
 * Of a role that somebody else keeps nothing is changed: its keeper gives it its policies and lets EKS Pod Identity hand it
 * out. The buckets and the key, which are the stack's, are opened to it by their own policies.
 */
export class AwsAppAccess extends pulumi.ComponentResource implements AppAccess {
  readonly annotations = {};
  readonly destinations: readonly Destination[] = [identityAgent];
  readonly buckets: AppAccess["buckets"];
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: AppAccessArgs, place: AwsAccessPlace) {
    super("switchboard:apps:AwsAccess", name);
    const { app } = args;
    const { account, clusterName, keyArn } = place;
    const identity = args.identity as SettingsOf<typeof iamRole> | undefined;
    const own = { parent: this, provider: place.provider };
    const serviceAccount = { namespace: place.namespace, name: args.serviceAccount };

    const buckets = createBuckets(name, { app, place, buckets: args.buckets, reader: identity?.role }, own);
    const pods = identity?.role
      ? [associate(name, { clusterName, serviceAccount, roleArn: identity.role, after: [] }, own)]
      : createRole(Object.values(buckets.arns));

    this.buckets = buckets.names;
    this.ready = [...pods, ...buckets.ready];
    this.registerOutputs();

    function createRole(arns: readonly string[]): pulumi.Resource[] {
      const statements = [
        ...(identity?.statements ?? []).map(statementOf),
        ...(arns.length > 0 ? bucketStatements(account, arns, keyArn) : []),
      ];
      return podIdentity(
        name,
        {
          ...{ account, clusterName, serviceAccount },
          description: `App ${app}`,
          managed: identity?.policies ?? [],
          ...(statements.length > 0 && { policy: document(...statements) }),
        },
        own,
      );
    }
  }
}

function statementOf({ actions, resources, conditions }: Statements[number]): Statement {
  return {
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    ...(conditions && { Condition: conditions }),
  };
}

type Statements = SettingsOf<typeof iamRole>["statements"];

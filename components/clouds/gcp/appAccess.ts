import { IAMMember as ProjectIamMember } from "@pulumi/gcp/projects/iammember";
import { Account } from "@pulumi/gcp/serviceaccount/account";
import { IAMMember as AccountIamMember } from "@pulumi/gcp/serviceaccount/iammember";
import * as pulumi from "@pulumi/pulumi";
import type { AppAccess, AppAccessArgs, Destination, Protection } from "../../contracts";
import { dnsLabel } from "../../naming";
import type { SettingsOf } from "../../schema/sealed";
import { createBuckets } from "./buckets";
import { metadataServer } from "./metadataServer";
import { cloudName, workloadPool } from "./names";
import type { googleServiceAccount } from "./settings/identity";

/** The cluster whose apps have identities, and where everything of them is made. */
export interface GoogleAccessPlace {
  readonly provider: pulumi.ProviderResource;
  /** Id of the project, as the settings have it. */
  readonly projectId: string;
  /** The same, once the project was asked for its number. */
  readonly project: pulumi.Input<string>;
  readonly region: string;
  /** `<project>-<stack>`. */
  readonly fullName: string;
  readonly namespace: string;
  /** The project's identity pool comes with its first cluster. */
  readonly cluster: pulumi.Resource;
  readonly protection: Protection;
}

/**
 * What an app is and has in the project: a service account that its pods act as, the roles that the settings name, and
 * buckets that it alone may read and write. It stands beside the namespace and outlives it.
 *
 * Of an account that somebody else keeps nothing is changed: its keeper grants its roles and lets the app's pods act as it.
 * Only the buckets, which are the stack's, are opened to it.
 */
export class GoogleAppAccess extends pulumi.ComponentResource implements AppAccess {
  readonly annotations: AppAccess["annotations"];
  readonly destinations: readonly Destination[] = [metadataServer];
  readonly buckets: AppAccess["buckets"];
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: AppAccessArgs, place: GoogleAccessPlace) {
    super("switchboard:apps:GoogleAccess", name);
    const { app, serviceAccount } = args;
    const identity = args.identity as SettingsOf<typeof googleServiceAccount> | undefined;
    const { project, fullName } = place;
    const own = { parent: this, provider: place.provider };

    const { email, ready } = identity?.account ? { email: identity.account, ready: [] } : createAccount();
    const member = pulumi.interpolate`serviceAccount:${email}`;
    const buckets = createBuckets(name, { app, place, buckets: args.buckets, member }, own);

    this.annotations = { "iam.gke.io/gcp-service-account": email };
    this.buckets = buckets.names;
    this.ready = [...ready, ...buckets.ready];
    this.registerOutputs({ email });

    function createAccount() {
      const account = new Account(
        `${name}-account`,
        { project, accountId: cloudName(`${fullName}-app-${app}`, 30), displayName: `App ${app} of ${fullName}` },
        own,
      );
      const member = pulumi.interpolate`serviceAccount:${account.email}`;
      const roles = (identity?.roles ?? []).map(
        (role) => new ProjectIamMember(dnsLabel(`${name}-${roleName(role)}`), { project, role, member }, own),
      );
      // https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity#kubernetes-sa-to-iam
      const binding = new AccountIamMember(
        `${name}-pods`,
        {
          serviceAccountId: account.name,
          role: "roles/iam.workloadIdentityUser",
          member: `serviceAccount:${workloadPool(place.projectId)}[${place.namespace}/${serviceAccount}]`,
        },
        { ...own, dependsOn: [place.cluster] },
      );
      return { email: account.email, ready: [binding, ...roles] };
    }
  }
}

/** `roles/pubsub.publisher` is `pubsub-publisher`; one of a project or an organization says whose it is. */
function roleName(role: string): string {
  return role.replace(/^roles\//, "").replace(/[^A-Za-z0-9]+/g, "-");
}

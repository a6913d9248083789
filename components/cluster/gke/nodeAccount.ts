import { IAMMember } from "@pulumi/gcp/projects/iammember";
import { Account } from "@pulumi/gcp/serviceaccount/account";
import * as pulumi from "@pulumi/pulumi";
import { cloudName } from "./names";

/** What the nodes' account is given. */
export interface GkeNodeAccountArgs {
  readonly project: pulumi.Input<string>;
  /** `<project>-<stack>`. */
  readonly fullName: string;
}

/** What a node may do: report logs and metrics, and pull images of the project's registry. */
const roles = {
  // https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa
  minimum: "roles/container.defaultNodeServiceAccount",
  images: "roles/artifactregistry.reader",
};

/** The service account of the nodes, instead of Compute Engine's own one, which may edit the whole project. */
export class GkeNodeAccount extends pulumi.ComponentResource {
  readonly email: pulumi.Output<string>;
  /** Nodes without these roles start and stay silent. */
  readonly grants: readonly pulumi.Resource[];

  constructor(name: string, args: GkeNodeAccountArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:GkeNodeAccount", name, {}, opts);
    const { project, fullName } = args;
    const account = new Account(
      `${name}-account`,
      { project, accountId: cloudName(`${fullName}-nodes`, 30), displayName: `Nodes of ${fullName}` },
      { parent: this },
    );
    this.grants = Object.entries(roles).map(
      ([purpose, role]) =>
        new IAMMember(
          `${name}-${purpose}`,
          { project, role, member: pulumi.interpolate`serviceAccount:${account.email}` },
          { parent: this },
        ),
    );
    this.email = account.email;
    this.registerOutputs({ email: this.email });
  }
}

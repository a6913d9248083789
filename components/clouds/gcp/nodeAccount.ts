import { RepositoryIamMember } from "@pulumi/gcp/artifactregistry/repositoryIamMember";
import { IAMMember } from "@pulumi/gcp/projects/iammember";
import { Account } from "@pulumi/gcp/serviceaccount/account";
import * as pulumi from "@pulumi/pulumi";
import type { ArtifactRepository } from "./imageRepositories";
import { cloudName } from "./names";

/** What the nodes' account is given. */
export interface GkeNodeAccountArgs {
  readonly project: pulumi.Input<string>;
  /** `<project>-<stack>`. */
  readonly fullName: string;
  /** Repositories of other projects that the nodes pull images of. */
  readonly repositories: readonly ArtifactRepository[];
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
    const { project, fullName, repositories } = args;
    const account = new Account(
      `${name}-account`,
      { project, accountId: cloudName(`${fullName}-nodes`, 30), displayName: `Nodes of ${fullName}` },
      { parent: this },
    );
    const member = pulumi.interpolate`serviceAccount:${account.email}`;
    const own = Object.entries(roles).map(
      ([purpose, role]) => new IAMMember(`${name}-${purpose}`, { project, role, member }, { parent: this }),
    );
    const others = repositories.map(
      ({ project, location, repository }) =>
        new RepositoryIamMember(
          `${name}-${[project, location, repository].join("-").replaceAll(/[^a-z0-9-]/g, "-")}`,
          { project, location, repository, role: roles.images, member },
          { parent: this },
        ),
    );
    this.grants = [...own, ...others];
    this.email = account.email;
    this.registerOutputs({ email: this.email });
  }
}

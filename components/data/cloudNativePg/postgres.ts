import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type * as pulumi from "@pulumi/pulumi";
import type { Connection, PostgresEndpoint, PostgresRole } from "../../contracts";
import type { PostgresArgs } from "../../contracts/stores";
import { generatedPassword } from "../../kubernetes/passwords";
import { releaseOf } from "../../kubernetes/podTemplate";
import { ServerTls } from "../../kubernetes/serverTls";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import { standardLabels } from "../../naming";
import { managedAdministrator } from "../postgresConf";
import { PostgresRoles } from "../postgresRoles";
import { ServerOfRoles } from "../serverOfRoles";
import { changeGuard } from "./changes";
import { clusterSpec } from "./clusterSpec";
import { instancesOf, operatorConnections, ports } from "./connections";
import type { CloudNativePgSettings } from "./settings";

const identity = { name: "postgres", component: "server" };

/** The kind that the operator brings. */
const clusterKind = { group: "postgresql.cnpg.io", version: "v1", kind: "Cluster", plural: "clusters" };

/**
 * Postgres that the CloudNativePG operator runs: one server that is written to and copies of it, each a pod with its own
 * volume, of which one takes over. The operator is somebody else's and must be in the cluster. Costs the volumes and the
 * pods' share of nodes.
 *
 * The certificate is of an authority of the stack, and not of the operator's. That one ends after 90 days, and many
 * clients read it once, when they start. Its Secret also holds the key that signs replicas, which no app may see.
 */
export class CloudNativePgPostgres extends ServerOfRoles {
  protected readonly roles: PostgresRoles;
  readonly #replica: PostgresEndpoint["replica"];
  readonly #connections: readonly Connection[];

  constructor(name: string, args: PostgresArgs<CloudNativePgSettings>, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:CloudNativePgPostgres", name, {}, opts);
    const { settings, place, roles } = args;
    const { namespace, stage } = place;
    const image = settings.image.reference;
    const labels = standardLabels(identity, releaseOf({ stage, image }));
    const parent: pulumi.Resource = this;
    const [writable, readable] = [`${name}-rw`, `${name}-ro`];
    const instances = instancesOf(name);

    const administrator = createAdministrator();
    const tls = new ServerTls(
      `${name}-tls`,
      { namespace, labels, service: writable, furtherServices: [readable, `${name}-r`] },
      { parent },
    );
    const cluster = createCluster();
    this.#replica = settings.replica ? { host: readable, port: ports.postgres } : undefined;
    this.#connections = operatorConnections(instances, settings);
    this.roles = new PostgresRoles(
      name,
      {
        ...{ place, roles, labels, image, generation: settings.passwordGeneration },
        administrator: {
          host: writable,
          port: ports.postgres,
          database: "postgres",
          user: managedAdministrator,
          password: administrator.ref("password"),
          tls: tls.security,
          destinations: [{ pods: instances, port: ports.postgres }],
          sidecars: [],
          ready: [cluster, ...administrator.ready, ...tls.ready],
        },
      },
      { parent },
    );
    this.registerOutputs({ host: writable });

    /** The operator gives it to the role when it makes the first server; no app uses it, and it does not change. */
    function createAdministrator(): VersionedSecret {
      const password = generatedPassword(`${name}-administrator`, 1, { parent }).result;
      const values = { username: managedAdministrator, password };
      return new VersionedSecret(`${name}-administrator`, { namespace, labels, values }, { parent });
    }

    function createCluster(): CustomResource {
      const resource = `${name}-cluster`;
      const { hooks } = place.kinds.guard(resource, clusterKind, {
        key: "postgres.kind",
        bringer: "the CloudNativePG operator (https://cloudnative-pg.io), 1.25 or newer",
        instead: "use another kind of Postgres",
      });
      return new CustomResource(
        resource,
        {
          apiVersion: `${clusterKind.group}/${clusterKind.version}`,
          kind: clusterKind.kind,
          metadata: {
            name,
            namespace,
            labels,
            annotations: {
              "pulumi.com/waitFor": "condition=Ready",
              // The operator makes one server after the other.
              "pulumi.com/timeoutSeconds": String(place.rolloutTimeoutSeconds * settings.instances),
            },
          },
          spec: clusterSpec({
            ...{ settings, place, labels: inherited(labels), administrator: administrator.currentName },
            instances,
            certificates: { authority: tls.authority.currentName, server: tls.secretName },
          }),
        },
        {
          parent,
          dependsOn: [...administrator.ready, ...tls.ready],
          protect: place.protection.covers(resource),
          // The operator deletes the volumes with the object, so that it outlives the stack's interest in it.
          retainOnDelete: true,
          hooks: { ...hooks, beforeUpdate: [...(hooks?.beforeUpdate ?? []), changeGuard(resource)] },
        },
      );
    }
  }

  override endpoint(role: PostgresRole): PostgresEndpoint {
    const endpoint = super.endpoint(role);
    return this.#replica ? { ...endpoint, replica: this.#replica } : endpoint;
  }

  override get connections(): readonly Connection[] {
    return [...super.connections, ...this.#connections];
  }
}

/** What the operator's pods, volumes and Services say of themselves: all but who manages them. */
function inherited({ "app.kubernetes.io/managed-by": _pulumi, ...labels }: Record<string, string>) {
  return labels;
}

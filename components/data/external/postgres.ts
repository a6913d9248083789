import type * as pulumi from "@pulumi/pulumi";
import type { Postgres, PostgresEndpoint, PostgresRole } from "../../contracts";
import type { PostgresArgs } from "../../contracts/stores";
import { releaseOf } from "../../kubernetes/podTemplate";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import { standardLabels } from "../../naming";
import { PostgresRoles } from "../postgresRoles";
import { ServerOfRoles } from "../serverOfRoles";
import { destinationsOf } from "./address";
import { RolesOfOthers, type Server } from "./rolesOfOthers";
import type { ExternalPostgresSettings } from "./settings";
import { trustIn } from "./trust";

/**
 * Postgres that somebody else runs: the stack brings no server and keeps none. An administrator's log-in makes a role and
 * a schema for each app, as on every other kind; or each app has log-ins that were made for it, and a Job tries them.
 * Backups, versions and the server's own settings are its owner's. Costs nothing here.
 */
export class ExternalPostgres extends ServerOfRoles {
  protected readonly roles: Postgres;
  readonly #replica: ExternalPostgresSettings["replica"];

  constructor(name: string, args: PostgresArgs<ExternalPostgresSettings>, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:ExternalPostgres", name, {}, opts);
    const { settings, place, roles } = args;
    const { administrator, database, passwordGeneration: generation, rolePrefix: prefix } = settings;
    const { namespace, stage } = place;
    const image = settings.image.reference;
    const labels = standardLabels({ name: "postgres", component: "server" }, releaseOf({ stage, image }));
    const parent: pulumi.Resource = this;
    this.#replica = settings.replica;

    const trust = trustIn(name, settings.tls, { namespace, labels }, { parent });
    const server: Server = {
      host: settings.host,
      port: settings.port,
      database,
      databaseId: `${settings.host}:${settings.port}/${database}`,
      tls: trust.tls,
      destinations: destinationsOf(settings),
      sidecars: [],
      ready: trust.ready,
    };
    this.roles = administrator ? makeRoles(administrator) : takeRoles();
    this.registerOutputs({ host: settings.host });

    function makeRoles(given: NonNullable<ExternalPostgresSettings["administrator"]>): Postgres {
      const values = { password: given.password };
      const secret = new VersionedSecret(`${name}-administrator`, { namespace, labels, values }, { parent });
      const endpoint = {
        ...server,
        database: given.database,
        user: given.user,
        password: secret.ref("password"),
        ready: [...server.ready, ...secret.ready],
      };
      return new PostgresRoles(
        name,
        { place, roles, labels, image, generation, database, prefix, administrator: endpoint },
        { parent },
      );
    }

    function takeRoles(): Postgres {
      return new RolesOfOthers(name, { place, roles, labels, image, server, given: settings.roles ?? {} }, { parent });
    }
  }

  override endpoint(role: PostgresRole): PostgresEndpoint {
    const endpoint = super.endpoint(role);
    const replica = this.#replica;
    if (!replica) return endpoint;
    const { host, port } = replica;
    return {
      ...endpoint,
      replica: { host, port },
      destinations: [...endpoint.destinations, ...destinationsOf(replica)],
    };
  }
}

import type * as pulumi from "@pulumi/pulumi";
import type {
  Connection,
  EnvironmentVariable,
  Place,
  PostgresEndpoint,
  PostgresLogIn,
  PostgresRole,
  SecretRef,
} from "../../contracts";
import { authorityFiles, oncePerDatabase, postgresVariables } from "../../kubernetes/connections";
import { fixedSizes } from "../../kubernetes/fixedSizes";
import { Job } from "../../kubernetes/job";
import { variablesOf } from "../../kubernetes/variables";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import { type GivenRole, givenRolesScript, type LogIn } from "./rolesScript";
import type { ExternalPostgresSettings } from "./settings";

/** What the server is to whoever logs in. */
export type Server = Omit<PostgresLogIn, "user" | "password">;

/** What given roles are used with. */
export interface RolesOfOthersArgs {
  readonly place: Place;
  /** The apps that use the server. */
  readonly roles: readonly PostgresRole[];
  readonly given: NonNullable<ExternalPostgresSettings["roles"]>;
  /** Labels of the secrets. */
  readonly labels: Record<string, string>;
  readonly server: Server;
  /** An image with `psql` 15 or newer. */
  readonly image: string;
}

/**
 * Roles that somebody else made, for a server on which none may be made. A Job logs in as each of them before anything is
 * rolled out: it finds a wrong password or a missing right first, makes each app's schema if that is not there, and lets
 * the roles find it. Their passwords change where their owner changes them, so no earlier ones are retired.
 */
export class RolesOfOthers {
  readonly connections: readonly Connection[];
  readonly #endpoints: ReadonlyMap<PostgresRole, { readonly app: PostgresEndpoint; readonly owner: PostgresEndpoint }>;

  /** @param name the server's name, which every resource's name starts with */
  constructor(name: string, args: RolesOfOthersArgs, opts: pulumi.ComponentResourceOptions) {
    const { place, server } = args;
    const { namespace, stage, traits, imagePullSecrets } = place;
    const logins = args.roles.map((role) => {
      const given = args.given[role]!;
      return { role, given, app: secretOf(role, given), owner: given.owner && secretOf(`${role}-owner`, given.owner) };
    });
    const ready = logins.flatMap(({ app, owner }) => [...app.ready, ...(owner?.ready ?? [])]);
    const variables: EnvironmentVariable[] = logins.flatMap(({ role, app, owner }) => [
      { name: variableOf(role), secret: app.ref("password") },
      ...(owner ? [{ name: variableOf(`${role}_owner`), secret: owner.ref("password") }] : []),
    ]);
    const first = logins[0]!;
    const job = new Job(
      `${name}-roles`,
      {
        namespace,
        stage,
        traits,
        identity: { name: "postgres", component: "roles" },
        image: args.image,
        command: ["sh", "-c", givenRolesScript(logins.map(({ role, given }) => givenRole(role, given)))],
        runsOncePer: oncePerDatabase(server),
        setsState: true,
        environment: [...variablesOf(postgresVariables, logInOf(first.given.user, first.app)), ...variables],
        files: authorityFiles({ postgres: server.tls }),
        sidecars: server.sidecars,
        resources: fixedSizes.postgresJob,
        user: 999,
        connectsTo: server.destinations,
        after: [...server.ready, ...ready],
        imagePullSecrets,
      },
      opts,
    );
    this.connections = job.connections;
    this.#endpoints = new Map(
      logins.map(({ role, given, app, owner }) => {
        const schema = schemaOf(role, given);
        const as = (user: string, secret: VersionedSecret) => ({
          ...logInOf(user, secret, job.job),
          ...{ schema, role: user },
        });
        const own = as(given.user, app);
        return [role, { app: own, owner: given.owner && owner ? as(given.owner.user, owner) : own }];
      }),
    );

    function secretOf(whose: string, { password }: { readonly password: pulumi.Input<string> }): VersionedSecret {
      return new VersionedSecret(`${name}-${whose}`, { namespace, labels: args.labels, values: { password } }, opts);
    }

    function logInOf(user: string, secret: VersionedSecret, ...after: pulumi.Resource[]): PostgresLogIn {
      const password: SecretRef = secret.ref("password");
      return { ...server, user, password, ready: [...server.ready, ...secret.ready, ...after] };
    }
  }

  endpoint(role: PostgresRole): PostgresEndpoint {
    return this.#endpoints.get(role)!.app;
  }

  ownerEndpoint(role: PostgresRole): PostgresEndpoint {
    return this.#endpoints.get(role)!.owner;
  }

  /** Whoever made the roles ends their earlier passwords. */
  retirePreviousPasswords(): void {}
}

type Given = RolesOfOthersArgs["given"][string];

function schemaOf(role: PostgresRole, { schema }: Given): string {
  return schema ?? role.replaceAll("-", "_");
}

function givenRole(role: PostgresRole, given: Given): GivenRole {
  const { user, owner } = given;
  const app: LogIn = { user, variable: variableOf(role) };
  return {
    app,
    owner: owner ? { user: owner.user, variable: variableOf(`${role}_owner`) } : app,
    schema: schemaOf(role, given),
  };
}

/** The variable that holds a password in the Job. */
function variableOf(whose: string): string {
  return `${whose.toUpperCase().replaceAll("-", "_")}_PASSWORD`;
}

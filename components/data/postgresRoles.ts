import type * as pulumi from "@pulumi/pulumi";
import type { Connection, Place, PostgresEndpoint, PostgresLogIn, PostgresRole } from "../contracts";
import type { Rollout } from "../contracts/rollout";
import { generatedIn } from "../kubernetes/besideCluster";
import { generatedPassword } from "../kubernetes/passwords";
import { VersionedSecret } from "../kubernetes/versionedSecret";
import * as conf from "./postgresConf";
import { postgresJobs } from "./postgresJobs";
import { retireScript } from "./postgresRetire";
import type { ServerJobs } from "./serverJobs";
import { openScript } from "./servers/closed";

/** What the roles of a server are made with. */
export interface PostgresRolesArgs {
  readonly place: Place;
  /** The apps that get a schema and log-ins. */
  readonly roles: readonly PostgresRole[];
  /** Labels of the secrets. */
  readonly labels: Record<string, string>;
  /** How the administrator reaches the server: who makes the roles. No superuser is needed. */
  readonly administrator: PostgresLogIn;
  /** An image with `psql` 15 or newer. */
  readonly image: string;
  readonly generation: number;
  /** Generation of the administrator's password, where the stack runs the server. @default its log-ins are not retired */
  readonly administratorGeneration?: number;
  /** The stack's own database. @default `switchboard` */
  readonly database?: string;
  /** Beginning of all names, for a server that has roles of others. @default none */
  readonly prefix?: string;
  /** Whether databases that a switch has closed are opened. @default false */
  readonly opensClosed?: boolean;
}

/**
 * The roles of the product on a Postgres server, the same for every kind of server: for each part a Job makes a schema
 * and two log-ins of this generation, one for what serves and one for the migration; another Job ends the log-ins of
 * earlier generations when everything runs with the new ones. The parts get endpoints with passwords of their own.
 */
export class PostgresRoles {
  readonly #endpoints: ReadonlyMap<`${PostgresRole} ${"app" | "owner"}`, PostgresEndpoint>;
  readonly #jobs: ServerJobs;
  readonly #retireScript: string;

  /**
   * @param name the server's name, which every resource's name starts with
   * @param opts where the resources belong; `parent` is the server's component
   */
  constructor(name: string, args: PostgresRolesArgs, opts: pulumi.ComponentResourceOptions) {
    const { place, administrator, generation, roles, database = conf.database, prefix = "" } = args;
    const { namespace } = place;
    // As SQL and shell take it without quotes.
    const named = (role: PostgresRole) => `${prefix}${role.replaceAll("-", "_")}`;
    const names = roles.map(named);
    this.#retireScript = retireScript(names, generation, args.administratorGeneration);
    const logins = roles.flatMap((role): Login[] => [
      {
        role,
        as: "app",
        user: conf.loginRole(named(role), generation),
        variable: conf.passwordVariable(named(role)),
        secret: createSecret(role),
      },
      {
        role,
        as: "owner",
        user: conf.ownerLoginRole(named(role), generation),
        variable: conf.ownerPasswordVariable(named(role)),
        secret: createSecret(`${role}-owner`),
      },
    ]);

    this.#jobs = postgresJobs(name, { place, image: args.image, administrator }, opts);
    const rolesJob = this.#jobs.run("roles", {
      script: `${conf.rolesScript(names, generation, database)}${args.opensClosed ? openScript : ""}`,
      variables: logins.map(({ variable, secret }) => ({ name: variable, secret: secret.ref("password") })),
      after: logins.flatMap(({ secret }) => secret.ready),
    });
    this.#endpoints = new Map(logins.map((login) => [`${login.role} ${login.as}`, endpointOf(login)]));

    function createSecret(owner: string): VersionedSecret {
      const password = generatedPassword(`${name}-${owner}`, generation, generatedIn(opts)).result;
      return new VersionedSecret(`${name}-${owner}`, { namespace, labels: args.labels, values: { password } }, opts);
    }

    function endpointOf({ role, as, user, secret }: Login): PostgresEndpoint {
      const schema = named(role);
      return {
        ...administrator,
        database,
        schema,
        role: as === "app" ? conf.appRole(schema) : schema,
        user,
        password: secret.ref("password"),
        ready: [...administrator.ready, ...secret.ready, rolesJob.job],
      };
    }
  }

  /** What everything that serves connects with. */
  endpoint(role: PostgresRole): PostgresEndpoint {
    return this.#endpoints.get(`${role} app`)!;
  }

  /** What the migration connects with. */
  ownerEndpoint(role: PostgresRole): PostgresEndpoint {
    return this.#endpoints.get(`${role} owner`)!;
  }

  get connections(): readonly Connection[] {
    return this.#jobs.connections;
  }

  /** Refuses the log-ins of earlier generations once these rollouts were called done and nobody uses them any more. */
  retirePreviousPasswords(after: readonly Rollout[]): void {
    this.#jobs.retire(this.#retireScript, after);
  }
}

/** A log-in of this generation. */
interface Login {
  readonly role: PostgresRole;
  readonly as: "app" | "owner";
  readonly user: string;
  readonly variable: string;
  readonly secret: VersionedSecret;
}

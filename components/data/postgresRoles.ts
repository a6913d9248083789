import type * as pulumi from "@pulumi/pulumi";
import { authorityFiles, postgresEnvironment } from "../apps/connections";
import { Job } from "../apps/job";
import type { NetworkEdge, Place, PostgresEndpoint, PostgresRole } from "../contracts";
import { generatedPassword } from "./passwords";
import * as conf from "./postgresConf";
import { StoredSecret } from "./storedSecret";

/** The parts of the product that own a schema. */
const roles: readonly PostgresRole[] = ["panel", "chat"];

/** What the roles of a server are made with. */
export interface PostgresRolesArgs {
  readonly place: Place;
  /** Labels of the secrets. */
  readonly labels: Record<string, string>;
  /** How the administrator reaches the server: who makes the roles. No superuser is needed. */
  readonly administrator: PostgresEndpoint;
  /** An image with `psql` 15 or newer. */
  readonly image: string;
  readonly generation: number;
}

/**
 * The roles of the product on a Postgres server, the same for every kind of server: a Job makes a role, a schema and a
 * log-in of this generation for each part; another ends the log-ins of earlier generations when everything runs with
 * the new ones. The parts get endpoints with their own password.
 */
export class PostgresRoles {
  readonly edges: NetworkEdge[] = [];
  readonly #endpoints: Readonly<Record<PostgresRole, PostgresEndpoint>>;
  readonly #runSql: (purpose: string, args: RunSqlArgs) => Job;
  readonly #generation: number;

  /**
   * @param name the server's name, which every resource's name starts with
   * @param opts where the resources belong; `parent` is the server's component
   */
  constructor(name: string, args: PostgresRolesArgs, opts: pulumi.CustomResourceOptions) {
    const { place, administrator, generation } = args;
    const { namespace, stage, traits, imagePullSecret } = place;
    this.#generation = generation;
    const secrets = Object.fromEntries(
      roles.map((role) => {
        const password = generatedPassword(`${name}-${role}`, generation, { parent: opts.parent }).result;
        const values = { password };
        return [role, new StoredSecret(`${name}-${role}`, { namespace, labels: args.labels, values }, opts)];
      }),
    ) as Record<PostgresRole, StoredSecret>;

    this.#runSql = (purpose, { script, passwords, after }) =>
      new Job(
        `${name}-${purpose}`,
        {
          namespace,
          stage,
          traits,
          identity: { name: "postgres", component: purpose },
          image: args.image,
          command: ["sh", "-c", script],
          environment: [
            ...postgresEnvironment(administrator),
            ...passwords.map((role) => ({ name: conf.passwordVariable(role), secret: secrets[role].ref("password") })),
          ],
          files: authorityFiles({ postgres: administrator.tls }),
          companions: administrator.companions,
          resources: smallJob,
          user: 999,
          connectsTo: administrator.destinations,
          after: [...administrator.ready, ...after],
          imagePullSecret,
        },
        opts,
      );
    const rolesJob = this.#runSql("roles", {
      script: conf.rolesScript(roles, generation),
      passwords: roles,
      after: roles.flatMap((role) => secrets[role].ready),
    });
    this.edges.push(...rolesJob.edges);
    this.#endpoints = Object.fromEntries(roles.map((role) => [role, endpointOf(role)])) as Record<
      PostgresRole,
      PostgresEndpoint
    >;

    function endpointOf(role: PostgresRole): PostgresEndpoint {
      return {
        ...administrator,
        database: conf.database,
        user: conf.loginRole(role, generation),
        password: secrets[role].ref("password"),
        ready: [...administrator.ready, ...secrets[role].ready, rolesJob.job],
      };
    }
  }

  endpoint(role: PostgresRole): PostgresEndpoint {
    return this.#endpoints[role];
  }

  /** Refuses the log-ins of earlier generations once everything in `after` runs with this one. */
  retirePreviousPasswords(after: readonly pulumi.Resource[]): void {
    const script = conf.retireScript(roles, this.#generation);
    this.edges.push(...this.#runSql("retire", { script, passwords: [], after }).edges);
  }
}

interface RunSqlArgs {
  readonly script: string;
  /** The roles whose passwords the script needs. */
  readonly passwords: readonly PostgresRole[];
  readonly after: readonly pulumi.Resource[];
}

const smallJob = { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "1", memory: "64Mi" } };

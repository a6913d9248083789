import type * as pulumi from "@pulumi/pulumi";
import type { Connection, Place, RedisEndpoint } from "../contracts";
import type { Rollout } from "../contracts/rollout";
import { authorityFiles, redisVariables } from "../kubernetes/connections";
import { fixedSizes } from "../kubernetes/fixedSizes";
import { variablesOf } from "../kubernetes/variables";
import type { VersionedSecret } from "../kubernetes/versionedSecret";
import {
  administratorScript,
  formerPasswordVariable,
  loginName,
  passwordVariable,
  retireUsersScript,
  usersScript,
} from "./redisAcl";
import type { RedisLogin } from "./redisLogins";
import { ServerJobs } from "./serverJobs";

/** What the users of a server are made with. */
export interface RedisUsersArgs {
  readonly place: Place;
  readonly logins: readonly RedisLogin[];
  /** How the administrator reaches the server. */
  readonly administrator: RedisEndpoint;
  /** An image with `redis-cli` 7 or newer. */
  readonly image: string;
  readonly generation: number;
  /** Generation of the administrator's password. */
  readonly administratorGeneration: number;
  /** The administrator's password of the generation before, if there was one. */
  readonly formerPassword: VersionedSecret | undefined;
}

/**
 * The users of the apps on a Redis that the stack runs, as `PostgresRoles` are on a Postgres: a Job gives the running
 * server the log-ins of this generation, another takes those of before away when nobody uses them any more. So a password
 * is changed without a restart and without a moment in which a pod is refused.
 */
export class RedisUsers {
  readonly #endpoints: ReadonlyMap<string, RedisEndpoint>;
  readonly #jobs: ServerJobs;
  readonly #retireScript: string;

  /** @param name the server's name, which every resource's name starts with */
  constructor(name: string, args: RedisUsersArgs, opts: pulumi.ComponentResourceOptions) {
    const { place, logins, administrator, generation } = args;
    const users = logins.map(({ user }) => user);
    this.#retireScript = retireUsersScript(users, generation, args.administratorGeneration);
    this.#jobs = new ServerJobs(
      name,
      {
        place,
        tier: "redis",
        image: args.image,
        environment: variablesOf(redisVariables, administrator),
        files: authorityFiles({ redis: administrator.tls }),
        resources: fixedSizes.redisJob,
        connectsTo: administrator.destinations,
        ready: administrator.ready,
      },
      opts,
    );
    const { formerPassword: former } = args;
    const renewed = former && [
      this.#jobs.run("administrator", {
        script: administratorScript,
        variables: [{ name: formerPasswordVariable, secret: former.ref("password") }],
        after: former.ready,
      }).job,
    ];
    const { job } = this.#jobs.run("users", {
      script: usersScript(users, generation),
      variables: logins.map(({ user, credentials }) => ({
        name: passwordVariable(user.name),
        secret: credentials.ref("password"),
      })),
      after: [...logins.flatMap(({ credentials }) => credentials.ready), ...(renewed ?? [])],
    });
    this.#endpoints = new Map(
      logins.map(({ user, credentials }) => [
        user.name,
        {
          ...administrator,
          user: loginName(user.name, generation),
          password: credentials.ref("password"),
          ready: [...administrator.ready, ...credentials.ready, job],
        },
      ]),
    );
  }

  endpoint(user: string): RedisEndpoint {
    return this.#endpoints.get(user)!;
  }

  get connections(): readonly Connection[] {
    return this.#jobs.connections;
  }

  /** Takes the log-ins of before away once these rollouts were called done and nobody uses them any more. */
  retirePreviousPasswords(after: readonly Rollout[]): void {
    this.#jobs.retire(this.#retireScript, after);
  }
}

import type * as pulumi from "@pulumi/pulumi";
import type { Connection, EnvironmentVariable, Place, RedisEndpoint, RedisUser } from "../contracts";
import type { Rollout } from "../contracts/rollout";
import { authorityFiles, redisVariables } from "../kubernetes/connections";
import { fixedSizes } from "../kubernetes/fixedSizes";
import { Job, type JobArgs } from "../kubernetes/job";
import { variablesOf } from "../kubernetes/variables";
import { loginName, passwordVariable, retireUsersScript, usersScript } from "./redisAcl";
import type { RedisLogin } from "./redisLogins";
import { longestWaitVariable, retireDeadlineSeconds } from "./untilUnused";

/** What the users of a server are made with. */
export interface RedisUsersArgs {
  readonly place: Place;
  readonly logins: readonly RedisLogin[];
  /** How the administrator reaches the server. */
  readonly administrator: RedisEndpoint;
  /** An image with `redis-cli` 7 or newer. */
  readonly image: string;
  readonly generation: number;
}

/**
 * The users of the apps on a Redis that the stack runs, as `PostgresRoles` are on a Postgres: a Job gives the running
 * server the log-ins of this generation, another takes those of before away when nobody uses them any more. So a password
 * is changed without a restart and without a moment in which a pod is refused.
 */
export class RedisUsers {
  readonly connections: Connection[] = [];
  readonly #endpoints: ReadonlyMap<string, RedisEndpoint>;
  readonly #run: (purpose: string, args: RunArgs) => Job;
  readonly #users: readonly RedisUser[];
  readonly #generation: number;

  /** @param name the server's name, which every resource's name starts with */
  constructor(name: string, args: RedisUsersArgs, opts: pulumi.ComponentResourceOptions) {
    const { place, logins, administrator, generation } = args;
    const { namespace, stage, traits, imagePullSecrets } = place;
    this.#users = logins.map(({ user }) => user);
    this.#generation = generation;
    this.#run = (purpose, { script, variables, after, ...limits }) =>
      new Job(
        `${name}-${purpose}`,
        {
          ...{ namespace, stage, traits, imagePullSecrets },
          identity: { name: "redis", component: purpose },
          image: args.image,
          command: ["sh", "-c", script],
          environment: [...variablesOf(redisVariables, administrator), ...variables],
          files: authorityFiles({ redis: administrator.tls }),
          resources: fixedSizes.redisJob,
          user: 999,
          connectsTo: administrator.destinations,
          after: [...administrator.ready, ...after],
          ...limits,
        },
        opts,
      );
    const job = this.#run("users", {
      script: usersScript(this.#users, generation),
      variables: logins.map(({ user, credentials }) => ({
        name: passwordVariable(user.name),
        secret: credentials.ref("password"),
      })),
      after: logins.flatMap(({ credentials }) => credentials.ready),
    });
    this.connections.push(...job.connections);
    this.#endpoints = new Map(
      logins.map(({ user, credentials }) => [
        user.name,
        {
          ...administrator,
          user: loginName(user.name, generation),
          password: credentials.ref("password"),
          ready: [...administrator.ready, ...credentials.ready, job.job],
        },
      ]),
    );
  }

  endpoint(user: string): RedisEndpoint {
    return this.#endpoints.get(user)!;
  }

  /** Takes the log-ins of before away once these rollouts were called done and nobody uses them any more. */
  retirePreviousPasswords(after: readonly Rollout[]): void {
    const longest = Math.max(...after.map(({ longestSeconds }) => longestSeconds));
    const job = this.#run("retire", {
      script: retireUsersScript(this.#users, this.#generation),
      variables: [{ name: longestWaitVariable, value: String(longest) }],
      after: after.map(({ resource }) => resource),
      // It waits by itself as long as there is a reason to.
      retries: 0,
      deadlineSeconds: retireDeadlineSeconds,
    });
    this.connections.push(...job.connections);
  }
}

interface RunArgs extends Pick<JobArgs, "retries" | "deadlineSeconds"> {
  readonly script: string;
  readonly variables: readonly EnvironmentVariable[];
  readonly after: readonly pulumi.Resource[];
}

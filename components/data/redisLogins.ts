import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import type { RedisUser } from "../contracts";
import { generatedPassword } from "../kubernetes/passwords";
import { VersionedSecret } from "../kubernetes/versionedSecret";
import { passwordName } from "./redisConf";

/** A user of a Redis that the stack makes, with a generated password. */
export interface RedisLogin {
  readonly user: RedisUser;
  readonly password: Output<string>;
  /** The password, under the key `password`. */
  readonly credentials: VersionedSecret;
}

/** What log-ins are made of. */
interface RedisLoginsArgs {
  readonly users: readonly RedisUser[];
  /** Of the passwords. */
  readonly generation: number;
  readonly namespace: Input<string>;
  readonly labels: Record<string, string>;
}

/**
 * Makes a log-in for each user.
 *
 * @param server the server's name, which every resource's name starts with
 * @param generated options of the passwords, which are no objects of the cluster
 */
export function redisLogins(
  server: string,
  { users, generation, namespace, labels }: RedisLoginsArgs,
  opts: CustomResourceOptions,
  generated = opts,
): RedisLogin[] {
  return users.map((user) => {
    const password = generatedPassword(passwordName(server, user.name), generation, generated).result;
    const credentials = new VersionedSecret(
      `${server}-${user.name}`,
      { namespace, labels, values: { password } },
      opts,
    );
    return { user, password, credentials };
  });
}

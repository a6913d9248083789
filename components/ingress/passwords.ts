import { createHash } from "node:crypto";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { MountedFiles, Route } from "../contracts";
import { shortHash } from "../naming";
import { sha512Crypt } from "./sha512Crypt";

/** Where NGINX finds users with their hashed passwords, a file for each route. */
export const passwordFolder = "/run/secrets/passwords";

/** The name of a route's file; undefined for a route that asks for no password. */
export function passwordFileName({ hostname, path, users }: Pick<Route, "hostname" | "path" | "users">) {
  return users && `route-${shortHash(hostname, path)}`;
}

/**
 * The users of all routes as NGINX reads them (`htpasswd`), in a Secret whose name changes with them. Only hashes are
 * in the cluster.
 *
 * @returns undefined where no route asks for a password
 */
export function passwordFiles(
  name: string,
  args: {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Record<string, string>;
    readonly routes: readonly Route[];
  },
  opts: pulumi.CustomResourceOptions,
): MountedFiles | undefined {
  const files = args.routes.flatMap((route) => {
    const file = passwordFileName(route);
    return file ? [[file, usersText(route)] as const] : [];
  });
  if (files.length === 0) return undefined;
  const secret = new core.Secret(
    `${name}-passwords`,
    {
      metadata: { namespace: args.namespace, labels: args.labels },
      immutable: true,
      stringData: Object.fromEntries(files),
    },
    opts,
  );
  return { name: "passwords", path: passwordFolder, source: { secret: secret.metadata.name } };
}

function usersText({ hostname, path, users = {} }: Route): pulumi.Output<string> {
  return pulumi.secret(pulumi.all(users)).apply((passwords) =>
    Object.entries(passwords)
      .map(([user, password]) => `${user}:${sha512Crypt(password, saltOf(hostname, path, user))}\n`)
      .join(""),
  );
}

/**
 * Another salt for each user of each route, and the same at every `up`. It is not made of the password: who has the
 * salt would try passwords on it, with one round instead of many.
 */
function saltOf(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

import * as pulumi from "@pulumi/pulumi";
import type { Redis, RedisEndpoint } from "../../contracts";
import type { RedisArgs } from "../../contracts/stores";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import { standardLabels } from "../../naming";
import { destinationsOf } from "./address";
import type { ExternalRedisSettings } from "./settings";
import { trustIn } from "./trust";

/**
 * Redis that somebody else runs, as one server or a proxy in front of several: the stack brings none. Each app has a user
 * that was made for it, or all share one, whose keys are then apart by their prefixes alone. Costs nothing here.
 */
export class ExternalRedis extends pulumi.ComponentResource implements Redis {
  readonly #endpoints: ReadonlyMap<string, RedisEndpoint>;

  constructor(name: string, args: RedisArgs<ExternalRedisSettings>, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:ExternalRedis", name, {}, opts);
    const { settings, place } = args;
    const { namespace, stage } = place;
    const labels = standardLabels({ name: "redis", component: "server" }, { stage, version: "external" });

    const trust = trustIn(name, settings.tls, { namespace, labels }, { parent: this });
    this.#endpoints = new Map(
      args.users.map(({ name: app }) => {
        const { user, password } = settings.users[app] ?? settings;
        if (password === undefined) throw new pulumi.RunError(`redis.users: ${app} has no password`);
        const secret = new VersionedSecret(
          `${name}-${app}`,
          { namespace, labels, values: { password } },
          { parent: this },
        );
        return [
          app,
          {
            host: settings.host,
            port: settings.port,
            database: settings.database,
            user,
            password: secret.ref("password"),
            tls: trust.tls,
            destinations: destinationsOf(settings),
            ready: [...trust.ready, ...secret.ready],
          },
        ];
      }),
    );
    this.registerOutputs({ host: settings.host });
  }

  endpoint(user: string): RedisEndpoint {
    return this.#endpoints.get(user)!;
  }
}

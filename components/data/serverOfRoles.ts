import { ComponentResource } from "@pulumi/pulumi";
import type { Connection, Postgres, PostgresEndpoint, PostgresRole } from "../contracts";
import type { Rollout } from "../contracts/rollout";

/** A Postgres server that is to the apps what its roles are. */
export abstract class ServerOfRoles extends ComponentResource implements Postgres {
  protected abstract readonly roles: Postgres;

  endpoint(role: PostgresRole): PostgresEndpoint {
    return this.roles.endpoint(role);
  }

  ownerEndpoint(role: PostgresRole): PostgresEndpoint {
    return this.roles.ownerEndpoint(role);
  }

  retirePreviousPasswords(after: readonly Rollout[]): void {
    this.roles.retirePreviousPasswords(after);
  }

  get connections(): readonly Connection[] {
    return this.roles.connections;
  }
}

/** What stores are made with. Types only, as `index.ts`. */
import type { Place, PostgresRole, RedisUser } from "./index";

/** What a store is given. */
export interface StoreArgs<Settings> {
  readonly settings: Settings;
  readonly place: Place;
}

/** What a Postgres is given. */
export interface PostgresArgs<Settings> extends StoreArgs<Settings> {
  /** The apps that get a role and a schema of their own. */
  readonly roles: readonly PostgresRole[];
}

/** What a Redis is given. */
export interface RedisArgs<Settings> extends StoreArgs<Settings> {
  /** The apps that get a user of their own. */
  readonly users: readonly RedisUser[];
}

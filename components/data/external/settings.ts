import { z } from "zod";
import type { SettingsContext } from "../../schema/context";
import { mapOf, Problem, problemOf, show, text, whole } from "../../schema/fields";
import type { SettingsOf } from "../../schema/sealed";
import { image } from "../../schema/values/image";
import { parseLabel } from "../../schema/values/words";
import { pooler } from "../pooler/settings";
import { addressFields, checkAddress, tlsField } from "./address";
import { password, user } from "./credentials";

/** A name that SQL takes without quotes. */
const identifier = (longest: number, shortest = 1) =>
  text((value) => {
    const form = new RegExp(
      `^([a-z_][a-z0-9_]{${Math.max(shortest - 1, 0)},${longest - 1}})${shortest === 0 ? "?" : ""}$`,
    );
    if (!form.test(value))
      throw new Problem(
        `${show(value)} is not a name; use lower-case letters, digits and "_", not starting with a digit, at most ${longest}`,
      );
    return value;
  });

/** A name of an app, as it stands in `apps`. */
const appName = (name: string) => problemOf(() => parseLabel(name));

const logIn = (whose: string) => ({ user: user(`user of ${whose}`), password: password(`password of ${whose}`) });

const roleLogIn = (whose: string) => ({ ...logIn(whose), user: identifier(63).describe(`role of ${whose}`) });

/** The log-ins of an app that somebody else made. Apps grant rights to each other's roles, by their names. */
const role = z.strictObject({
  ...roleLogIn("what serves"),
  owner: z
    .strictObject(roleLogIn("the migration"))
    .optional()
    .describe("who makes the tables in migrations; default: the user itself"),
  schema: identifier(63)
    .optional()
    .describe("schema of the app's tables, made if it is not there; default: the app's name"),
});

/** Postgres that somebody else runs. */
export const externalPostgres = (context: SettingsContext) =>
  z
    .strictObject({
      kind: z.literal("external").describe("`external`: a server that somebody else runs"),
      ...addressFields(5432),
      tls: tlsField(context, "none, and `authority` must be given").superRefine(({ mode, authority }, issues) => {
        if (mode !== "verify-full" || authority !== undefined) return;
        const message =
          "is not set; give the PEM of the authority that signed the server, which the server's owner has, or set mode to disable in a network that is trusted";
        issues.addIssue({ code: "custom", path: ["authority"], message });
      }),
      image: image(context, "`psql` 15 or newer, for the jobs that make roles and schemas"),
      database: identifier(63)
        .prefault("switchboard")
        .describe(
          "database of this stack alone. With `administrator` it is made if it is not there, and nobody else may connect to it then",
        ),
      administrator: z
        .strictObject({
          ...logIn("the administrator"),
          database: user("database to log in to before the stack's own is there").prefault("postgres"),
        })
        .optional()
        .describe(
          "who makes a role and a schema for each app: a role with CREATEROLE, and with CREATEDB or as owner of the database; default: none, and `roles` must be given",
        ),
      rolePrefix: identifier(20, 0)
        .prefault("")
        .describe(
          "with `administrator`: beginning of the names of all roles and schemas. Roles belong to the whole server, so each stack on it needs another one",
        ),
      roles: mapOf(role, appName)
        .optional()
        .describe(
          "the log-ins of each app that uses Postgres, by the app's name, where no role may be made; default: none, and `administrator` must be given",
        ),
      replica: z
        .strictObject(addressFields(5432))
        .superRefine((given, issues) => checkAddress(given, issues))
        .optional()
        .describe(
          "a read-only copy, which apps find by `PGHOST_READ`, `PGPORT_READ` and `DATABASE_READ_URL`; its certificate is of the same authority; default: none",
        ),
      maxConnections: whole(10, 100_000)
        .prefault(100)
        .describe("connections that the server lets this stack have, `max_connections` of a server of its own"),
      passwordGeneration: whole(1, 1_000_000)
        .prefault(1)
        .describe("with `administrator`: raise it by one to give the apps a new password"),
      pooler: pooler(context),
    })
    .superRefine((given, issues) => {
      checkAddress(given, issues);
      const { administrator, roles, rolePrefix, passwordGeneration } = given;
      const refuse = (key: string, message: string) => issues.addIssue({ code: "custom", path: [key], message });
      if (!administrator && !roles)
        refuse(
          "administrator",
          "is not set, and roles neither; give one of them: who makes the roles, or each app's own",
        );
      if (!roles) return;
      if (administrator) refuse("roles", "is there together with administrator, who makes them; keep one of the two");
      if (rolePrefix !== "") refuse("rolePrefix", "has no use with roles, which have names of their own; remove it");
      if (passwordGeneration !== 1)
        refuse("passwordGeneration", "has no use with roles; change their passwords on the server and here");
    });

/** Redis that somebody else runs. */
export const externalRedis = (context: SettingsContext) =>
  z
    .strictObject({
      kind: z.literal("external").describe("`external`: a server that somebody else runs"),
      ...addressFields(6379),
      tls: tlsField(context, "those that the apps' images trust"),
      database: whole(0, 10_000)
        .prefault(0)
        .describe("index of the logical database, which `REDIS_DATABASE` and `REDIS_URL` name"),
      user: user("user of every app that has none in `users`; keys are then apart by their prefixes alone").prefault(
        "default",
      ),
      password: password("password of this user").optional(),
      users: mapOf(z.strictObject(logIn("the app")), appName)
        .prefault({})
        .describe(
          "a user for each app, by the app's name. Let it use the keys and channels with the app's prefix only",
        ),
    })
    .superRefine((given, issues) => {
      checkAddress(given, issues);
      if (given.password !== undefined || Object.keys(given.users).length > 0) return;
      const message = "is not set, and users neither; give the password of user, or a user for each app";
      issues.addIssue({ code: "custom", path: ["password"], message });
    });

export type ExternalPostgresSettings = SettingsOf<typeof externalPostgres>;
export type ExternalRedisSettings = SettingsOf<typeof externalRedis>;

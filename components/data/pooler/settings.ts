import { z } from "zod";
import type { SettingsContext } from "../../schema/context";
import { choice, whole } from "../../schema/fields";
import type { SettingsOf } from "../../schema/sealed";
import { image } from "../../schema/values/image";
import { resources } from "../../schema/values/resources";
import { words } from "../../schema/values/words";

/** PgBouncer between the apps and a Postgres of any kind. */
const given = (context: SettingsContext) =>
  z.strictObject({
    image: image(context, "PgBouncer 1.18 or newer, with a shell"),
    mode: choice(["transaction", "session"])
      .prefault("transaction")
      .describe(
        "when a connection to the server is free for another client: after each transaction, or when its client has gone. `transaction` loses what belongs to a session: prepared statements, LISTEN, SET, advisory locks",
      ),
    replicas: whole(1, 20, "", "2 or more for releases without downtime").prefault(2).describe("pods of the pooler"),
    poolSize: whole(1, 1000)
      .prefault(10)
      .describe("connections to the server that each pod opens for each app, at most; further clients wait"),
    maxClients: whole(10, 10_000).prefault(500).describe("connections of clients that each pod takes"),
    direct: z
      .array(words())
      .prefault([])
      .describe("apps that connect past it. Migrations and releases of all apps always do"),
    resources: resources({ cpu: "50m", memory: "48Mi" }),
  });

/** The pooler in the settings of a Postgres. */
export const pooler = (context: SettingsContext) =>
  given(context).optional().describe("PgBouncer between the apps and the server; default: none");

export type PoolerSettings = SettingsOf<typeof given>;

import { z } from "zod";
import type { SettingsContext } from "../../schema/context";
import { whole } from "../../schema/fields";
import type { SettingsOf } from "../../schema/sealed";
import { egress } from "../../schema/values/egress";
import { image } from "../../schema/values/image";
import { host, path } from "../../schema/values/network";
import { resources } from "../../schema/values/resources";
import { plainVariables, secretVariables } from "../shared/environment";
import { connections, replicas } from "../shared/settings";
import { allChatVariables } from "./variables";

const variables = { layer: "chat", tables: allChatVariables };

/** The clustered Elixir chat. */
export const chat = (context: SettingsContext) =>
  z.strictObject({
    image: image(context, "the chat"),
    replicas: replicas("pods of the chat, which form one BEAM cluster"),
    resources: resources({ cpu: "50m", memory: "128Mi" }),
    env: plainVariables(variables).describe("further variables, readable for everyone who may read the settings"),
    secretEnv: secretVariables(variables).describe("further variables that are secret, stored with `--secret`"),
    egress: egress("the chat"),
    schedulers: whole(1, 64)
      .prefault(2)
      .describe("BEAM schedulers, which is threads that run Elixir; more than the CPU limit only adds switches"),
    drainSeconds: whole(5, 600, " seconds")
      .prefault(30)
      .describe("seconds over which a stopping pod sends its clients to other pods"),
    connections: connections("the chat"),
    cookieGeneration: whole(1, 1_000_000)
      .prefault(1)
      .describe(
        "raise it by one for a new Erlang cookie. While pods are replaced, old and new ones do not see each other",
      ),
  });

/** Where it is reached. */
export const chatAddress = (_context: SettingsContext) =>
  z.strictObject({
    host: host().describe("public host name of the chat; may be the panel's, with another path"),
    path: path()
      .prefault("/")
      .describe(
        "path below which the chat is reached, e.g. `/live`. With the panel's host, choose a path that the panel does not have",
      ),
  });

export type ChatAddress = SettingsOf<typeof chatAddress>;
export type ChatSettings = SettingsOf<typeof chat>;

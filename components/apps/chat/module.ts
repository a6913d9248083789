import type { IngressSettings } from "../../ingress/settings";
import { fixedSizes } from "../../kubernetes/fixedSizes";
import type { SettingsContext } from "../../schema/context";
import { chatHealth } from "../presets/chatHealth";
import { type AppSpec, releasesAtOnce } from "../shared/spec";
import { chatConsole } from "./console";
import { socketPath } from "./paths";
import type { ChatAddress, ChatSettings } from "./settings";
import { chatPort } from "./variables";

type Schemas = typeof import("./settings");

/** Seconds between the WebSocket pings of a client. */
const heartbeatSeconds = 25;

const socket = { name: "chat", component: "socket" };

/** The layers that say what the chat is made of. */
export interface ChatLayers {
  readonly chat?: Omit<ChatSettings, "secretEnv"> & { readonly secretEnv: Readonly<Record<string, unknown>> };
  readonly edge?: Pick<IngressSettings, "upstreamPreStopSeconds"> & { readonly chat?: ChatAddress | undefined };
}

/** The pods that form one BEAM cluster, and their migration. */
function spec({ chat, edge }: ChatLayers): AppSpec | undefined {
  if (!chat || !edge) return undefined;
  return {
    name: "chat",
    usesPostgres: true,
    // It prepares its statements on each connection.
    needsSession: true,
    redisPrefix: undefined,
    processes: [
      {
        key: "chat",
        workload: "chat",
        identity: socket,
        replicas: chat.replicas,
        service: { name: "chat", port: chatPort },
        resources: chat.resources,
        stop: { key: "chat.drainSeconds", waits: [edge.upstreamPreStopSeconds, chat.drainSeconds] },
        connections: { key: "chat.connections", each: chat.connections },
        egress: { key: "chat.egress", list: chat.egress },
      },
    ],
    routes: edge.chat ? [{ key: "edge.chat", ...edge.chat, exact: [socketPath], heartbeatSeconds }] : [],
    jobs: [
      {
        who: "chat's migration",
        kind: "release",
        most: releasesAtOnce,
        resources: fixedSizes.chatMigration,
        connections: 1,
      },
    ],
    variables: [{ path: ["chat"], env: chat.env, secretEnv: chat.secretEnv }],
  };
}

/** The clustered Elixir chat. */
export const chatApp = {
  layers: {
    chat: {
      meaning: "the clustered Elixir chat",
      schema: (context: SettingsContext) => (require("./settings") as Schemas).chat(context),
    },
  },
  address: (context: SettingsContext) => (require("./settings") as Schemas).chatAddress(context),
  spec,
  pods: { chat: socket },
  console: chatConsole,
  health: chatHealth,
  load: async () => (await import("./create")).createChat,
};

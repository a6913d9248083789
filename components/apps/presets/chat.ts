import { problemOf } from "../../schema/fields";
import { mapIn } from "../../schema/mapIn";
import { parseBytes } from "../../schema/values/resources";
import { prefixOf } from "../declared/references";
import { chatHealth } from "./chatHealth";
import { commandResources } from "./commandResources";
import type { Preset } from "./preset";

const fill: Preset["fill"] = ({ name, given, appOf }) => {
  const { socket } = mapIn(mapIn(given).processes);
  const panel = appOf("panel");
  const resources = { cpu: "50m", memory: "128Mi", ...mapIn(mapIn(socket).resources) };
  const { stopSeconds: drain = 30, connections = 5 } = mapIn(socket);
  return {
    processes: {
      socket: {
        name,
        command: ["/app/bin/chat", "start"],
        port: 4000,
        replicas: 2,
        resources,
        probe: { kind: "http", ready: "/readyz", live: "/livez", started: "/startupz" },
        // apps/chat/lib/chat/http/router.ex; clients ping every 25 seconds.
        route: { websocket: true, socketsOnly: true, only: ["/socket"], bodySize: "1k", pingSeconds: 25 },
        stopSeconds: drain,
        connections,
        cluster: { kind: "beam" },
      },
    },
    release: {
      command: ["/app/bin/chat", "eval", "Chat.Release.migrate()"],
      resources: commandResources(mapIn(given).release, { memory: "96Mi", memoryLimit: "256Mi" }),
    },
    console: {
      command: ["/app/bin/chat", "remote"],
      script: ["sh", "-c", 'exec /app/bin/chat rpc "$(cat)"'],
      expression:
        "value = (%s\n)\nif is_binary(value) and String.valid?(value), do: IO.puts(value), " +
        "else: IO.inspect(value, limit: :infinity, printable_limit: :infinity)",
    },
    uses: {
      postgres: true,
      // It prepares its statements on each connection.
      session: true,
      addresses: [panel],
      schemas: [panel],
      keys: [`${panel}/CHAT_TOKEN`],
    },
    env: {
      ALLOWED_ORIGINS: `$(${prefixOf(panel)}_PUBLIC_URL)`,
      TOKEN_REVOCATIONS: `$(${prefixOf(panel)}_PGSCHEMA).chat_revocations`,
      SCHEDULERS: "2",
      DRAIN_SECONDS: String(drain),
      PG_POOL_SIZE: String(connections),
      ...memoryLimit(resources),
    },
  };
};

/** How many connections a pod takes, and when it lets slow ones go, follows from this. */
function memoryLimit({ memory, memoryLimit = memory }: { memory: unknown; memoryLimit?: unknown }) {
  const bytes = () => parseBytes(String(memoryLimit));
  return problemOf(bytes) === undefined ? { MEMORY_LIMIT_BYTES: String(bytes()) } : {};
}

/** The clustered Elixir chat (`apps/chat`), which judges tokens that the panel signs. */
export const chatPreset: Preset = {
  fill,
  health: chatHealth,
  former: {
    "switchboard:apps:App::chat": { type: "switchboard:apps:Chat" },
    "chat-beam-cookie-password": { name: "chat-cookie-password" },
    "switchboard:data:ServerTls::chat-beam-tls": { name: "chat-tls" },
  },
  production: [
    ["processes.socket.replicas", 3],
    ["processes.socket.resources", { cpu: "500m", memory: "512Mi" }],
    ["processes.socket.stopSeconds", 60],
  ],
};

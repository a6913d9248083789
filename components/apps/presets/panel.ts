import { mapIn } from "../../schema/mapIn";
import { prefixOf } from "../declared/references";
import { commandResources } from "./commandResources";
import { panelHealth } from "./panelHealth";
import type { Preset } from "./preset";

/** Enough for Node.js and a handful of queries. */
const ofCommand = (command: unknown) => commandResources(command, { memory: "64Mi", memoryLimit: "192Mi" });

const main = (...args: readonly string[]) => ["node", "src/main.js", ...args];

const fill: Preset["fill"] = ({ name, given, appOf }) => {
  const app = mapIn(given);
  const processes = mapIn(app.processes);
  const chat = appOf("chat");
  const { stopSeconds: shutdown = 20, connections = 5 } = mapIn(processes.web);
  const { stopSeconds: jobTimeout = 60 } = mapIn(processes.worker);
  const { email } = mapIn(app.firstLogin);
  return {
    processes: {
      web: {
        name,
        command: main("web"),
        port: 3000,
        replicas: 2,
        // A password is checked with 32 MiB beside the 80 that the process has (apps/panel/src/passwords.js).
        resources: { cpu: "50m", memory: "128Mi" },
        probe: { kind: "http", ready: "/readyz", live: "/livez", started: "/startupz" },
        route: { loginPath: "/login", closed: ["/livez", "/readyz", "/startupz"] },
        stopSeconds: shutdown,
        connections,
      },
      worker: {
        ...(name === "panel" && { name: "workers" }),
        command: main("worker"),
        resources: { cpu: "25m", memory: "80Mi" },
        probe: { kind: "command", command: main("alive") },
        stopSeconds: jobTimeout,
        connections,
        // apps/panel/src/backlog.js
        backlog: "jobs to be done",
      },
    },
    release: { command: main("migrate"), resources: ofCommand(app.release) },
    schedules: {
      cleanup: {
        cron: "17 3 * * *",
        command: main("cleanup"),
        resources: ofCommand(mapIn(app.schedules).cleanup),
      },
    },
    console: { command: main("console"), script: main("console", "-"), expression: "return (%s\n);" },
    uses: {
      postgres: true,
      redis: true,
      // Its sessions and its queue have names of their own.
      redisPrefix: "",
      addresses: [name, chat],
      schemas: [chat],
    },
    generated: {
      SESSION_SECRET: { length: 40, overlap: true, file: true, for: ["web"] },
      ADMIN_PASSWORD: { length: 40, file: true, for: ["release"] },
    },
    keys: { CHAT_TOKEN: { for: ["web"] } },
    firstLogin: { password: "ADMIN_PASSWORD" },
    env: {
      PUBLIC_URL: `$(${prefixOf(name)}_PUBLIC_URL)`,
      CHAT_URL: `$(${prefixOf(chat)}_PUBLIC_URL)`,
      CHAT_DATABASE_ROLE: `$(${prefixOf(chat)}_PGROLE)`,
      ...(typeof email === "string" && { ADMIN_EMAIL: email }),
      PG_POOL_SIZE: String(connections),
      SHUTDOWN_SECONDS: String(shutdown),
      JOB_CONCURRENCY: "5",
      JOB_TIMEOUT_SECONDS: String(jobTimeout),
    },
  };
};

const panelType = "switchboard:apps:Panel";
const resources = { cpu: "250m", memory: "256Mi" };

/** The Node.js admin and user panel (`apps/panel`): pages, workers, the migration that makes the first account. */
export const panelPreset: Preset = {
  fill,
  health: panelHealth,
  former: {
    "switchboard:apps:App::panel": { type: panelType },
    "switchboard:apps:Workload::workers": { parent: { type: "switchboard:apps:Workers", name: "workers" } },
    "panel-SESSION_SECRET-password": { name: "panel-session-password" },
    "panel-ADMIN_PASSWORD-password": { name: "panel-administrator-password" },
    "switchboard:apps:Keys::panel-keys-chat-token": {
      ...{ type: "switchboard:apps:ChatTokenKeys", name: "panel-chat-token" },
      parent: { type: panelType, name: "panel" },
    },
  },
  production: [
    ["processes.web.replicas", 3],
    ["processes.web.resources", resources],
    ["processes.worker.replicas", 2],
    ["processes.worker.resources", resources],
  ],
};

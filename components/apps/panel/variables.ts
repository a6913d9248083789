import type { Input } from "@pulumi/pulumi";
import type { Place } from "../../contracts";
import { postgresVariables, redisVariables } from "../../kubernetes/connections";
import type { VariableTable } from "../../kubernetes/variables";
import type { PanelSettings, WorkersSettings } from "./settings";

/** Where the panel serves HTTP. */
export const panelPort = 3000;

/** What the variables are made from. */
export interface PanelVariableArgs {
  readonly place: Pick<Place, "stage" | "logLevel">;
  readonly version: string;
  readonly settings: { panel: PanelSettings; workers: WorkersSettings };
  readonly addresses: { readonly panel: string; readonly chatSocket: string };
}

/** Of every process of the panel. */
export const panelVariables: VariableTable<PanelVariableArgs> = {
  STAGE: ({ place }) => ({ value: place.stage }),
  VERSION: ({ version }) => ({ value: version }),
  LOG_LEVEL: ({ place }) => ({ value: place.logLevel }),
  PORT: () => ({ value: String(panelPort) }),
  PUBLIC_URL: ({ addresses }) => ({ value: addresses.panel }),
  CHAT_URL: ({ addresses }) => ({ value: addresses.chatSocket }),
  SHUTDOWN_SECONDS: ({ settings }) => ({ value: String(settings.panel.shutdownSeconds) }),
  PG_POOL_SIZE: ({ settings }) => ({ value: String(settings.panel.connections) }),
  JOB_CONCURRENCY: ({ settings }) => ({ value: String(settings.workers.concurrency) }),
  JOB_TIMEOUT_SECONDS: ({ settings }) => ({ value: String(settings.workers.jobTimeoutSeconds) }),
  POD_NAME: () => ({ podField: "metadata.name" }),
};

/** Of what serves pages, and of the console; values are paths. */
export const webVariables: VariableTable<{ readonly session: string; readonly signing: string }> = {
  SESSION_SECRET_FILE: ({ session }) => ({ value: session }),
  CHAT_TOKEN_KEY_FILE: ({ signing }) => ({ value: signing }),
};

/** Of the migration, which makes the first account and lets the chat read who was signed out. */
export const migrationVariables: VariableTable<{
  readonly email: string;
  readonly passwordFile: string;
  readonly chatRole: Input<string>;
}> = {
  ADMIN_EMAIL: ({ email }) => ({ value: email }),
  ADMIN_PASSWORD_FILE: ({ passwordFile }) => ({ value: passwordFile }),
  CHAT_DATABASE_ROLE: ({ chatRole }) => ({ value: chatRole }),
};

/** Every table that a process of the panel may have variables of. */
export const allPanelVariables = [
  panelVariables,
  webVariables,
  migrationVariables,
  postgresVariables,
  redisVariables,
] as readonly VariableTable<never>[];

import type { Input } from "@pulumi/pulumi";
import type { Place } from "../../contracts";
import { distributionPort } from "../../kubernetes/beamFlags";
import { postgresVariables } from "../../kubernetes/connections";
import type { VariableTable } from "../../kubernetes/variables";
import type { ChatSettings } from "./settings";

/** Where the chat serves HTTP and WebSockets. */
export const chatPort = 4000;
/** What the variables are made from. */
export interface ChatVariableArgs {
  readonly place: Pick<Place, "stage" | "logLevel">;
  readonly version: string;
  readonly settings: ChatSettings;
  readonly addresses: { readonly panel: string };
  /** A name that resolves to every pod. */
  readonly members: Input<string>;
}

/** Of every process of the chat. */
export const chatVariables: VariableTable<ChatVariableArgs> = {
  STAGE: ({ place }) => ({ value: place.stage }),
  VERSION: ({ version }) => ({ value: version }),
  LOG_LEVEL: ({ place }) => ({ value: place.logLevel }),
  PORT: () => ({ value: String(chatPort) }),
  CLUSTER_SERVICE: ({ members }) => ({ value: members }),
  DIST_PORT: () => ({ value: String(distributionPort) }),
  SCHEDULERS: ({ settings }) => ({ value: String(settings.schedulers) }),
  ALLOWED_ORIGINS: ({ addresses }) => ({ value: addresses.panel }),
  DRAIN_SECONDS: ({ settings }) => ({ value: String(settings.drainSeconds) }),
  PG_POOL_SIZE: ({ settings }) => ({ value: String(settings.connections) }),
  POD_IP: () => ({ podField: "status.podIP" }),
  POD_NAME: () => ({ podField: "metadata.name" }),
};

/** What the variables of a serving process are made from; `memoryBytes` is the limit of its container. */
export interface SocketVariableArgs {
  readonly publicKeysFile: string;
  readonly revocations: string;
  readonly memoryBytes: number;
  /** Folder with `ca.crt`, `tls.crt` and `tls.key`. */
  readonly nodeTlsFolder: string;
}

/** Of what serves, and of the console. Not of the migration, which must not run again when a size changes. */
export const socketVariables: VariableTable<SocketVariableArgs> = {
  CHAT_TOKEN_PUBLIC_KEYS_FILE: ({ publicKeysFile }) => ({ value: publicKeysFile }),
  TOKEN_REVOCATIONS: ({ revocations }) => ({ value: revocations }),
  // How many connections it takes, and when it lets slow ones go, follows from this.
  MEMORY_LIMIT_BYTES: ({ memoryBytes }) => ({ value: String(memoryBytes) }),
  DIST_TLS_DIR: ({ nodeTlsFolder }) => ({ value: nodeTlsFolder }),
};

/** Every table that a process of the chat may have variables of. */
export const allChatVariables = [chatVariables, socketVariables, postgresVariables] as readonly VariableTable<never>[];

import { z } from "zod";
import type { SettingsContext } from "../schema/context";
import { mapOf, show, whole } from "../schema/fields";
import type { SettingsOf } from "../schema/sealed";
import { image } from "../schema/values/image";
import { loggedValuesProblem } from "../schema/values/loggedValues";
import { bytes, resources } from "../schema/values/resources";
import { words } from "../schema/values/words";
import { backup } from "./backup/settings";
import { pooler } from "./pooler/settings";
import { archiveParameters } from "./postgresConf";
import { beside, copy, server, serversProblems } from "./servers/settings";

/** Parameters that the platform sets, with what to do instead. */
const ownedParameters: Record<string, string> = {
  listen_addresses: "",
  port: "",
  hba_file: "",
  ident_file: "",
  config_file: "",
  data_directory: "",
  external_pid_file: "",
  unix_socket_directories: "",
  password_encryption: "",
  log_destination: "",
  logging_collector: "",
  dynamic_shared_memory_type: "",
  include: "",
  include_dir: "",
  include_if_exists: "",
  max_connections: "; set postgres.maxConnections",
  fsync: ", because a crash would lose acknowledged messages; remove it",
  full_page_writes: ", because a crash would lose acknowledged messages; remove it",
  synchronous_commit: ", because a crash would lose acknowledged messages; remove it",
};

/**
 * Overrides of `postgresql.conf`.
 *
 * @param taken what is wrong with a parameter where this server runs, if anything. @default nothing more
 */
export const parameters = (taken: (name: string) => string | undefined = () => undefined) =>
  mapOf(
    z.union([z.string(), z.number(), z.boolean()], {
      error: (issue) => `${show(issue.input)} is not a value of postgresql.conf; give text, a number, true or false`,
    }),
    (name, value) => parameterProblem(name, value) ?? taken(name),
  )
    .prefault({})
    .describe("further lines of `postgresql.conf`, by name");

function parameterProblem(name: string, value: unknown): string | undefined {
  const lower = name.toLowerCase();
  const reason = lower === "ssl" || lower.startsWith("ssl_") ? "" : ownedParameters[lower];
  if (reason !== undefined) return `is set by the platform${reason || "; remove it"}`;
  const logged = loggedValuesProblem(name);
  if (logged) return logged;
  if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(name))
    return 'is not a parameter name; use lower-case letters, digits and "_"';
  if (typeof value === "string" && /[\r\n\0]/.test(value)) return "has a line break in it; give one line";
  return undefined;
}

/** Of the passwords. @param who gets another one */
export const generation = (who: string) =>
  whole(1, 1_000_000).prefault(1).describe(`raise it by one to give ${who} a new password`);

/** Of the password of who makes the log-ins of a server in the cluster. */
export const administratorGeneration = () =>
  whole(1, 1_000_000)
    .prefault(1)
    .describe("raise it by one, and not by more, to give the administrator of the server a new password");

/** Of a server whose memory the stack sets. */
export const maxConnections = () =>
  whole(10, 10_000).prefault(100).describe("most connections at once; each costs some mebibytes of memory");

/** Postgres as one pod of the cluster. */
export const inClusterPostgres = (context: SettingsContext) =>
  z
    .strictObject({
      kind: z.literal("inCluster").describe("`inCluster`: one pod with its own volume"),
      image: image(
        context,
        "Postgres 15 or newer. A minor version is changed here; `switchboard upgrade` goes to another major version",
      ),
      storage: bytes()
        .prefault("1Gi")
        .describe(
          "size of the volume. A larger value grows the volume in place, if its storage class allows it. A volume never shrinks",
        ),
      storageClass: words()
        .optional()
        .describe("StorageClass of the volume when it is made; default: the cluster's own"),
      resources: resources({ cpu: "100m", memory: "192Mi" }),
      parameters: parameters(),
      maxConnections: maxConnections(),
      passwordGeneration: generation("the apps that use it"),
      administratorGeneration: administratorGeneration(),
      pooler: pooler(context),
      backup: backup(context),
      server,
      copy,
      beside: beside(context),
    })
    .superRefine((settings, issues) => {
      for (const { path, message } of serversProblems(settings)) issues.addIssue({ code: "custom", path, message });
      const { parameters, backup } = settings;
      if (!backup) return;
      for (const name of [...Object.keys(archiveParameters), "archive_library"].filter((one) => one in parameters)) {
        const message = "is set by postgres.backup, which archives the log; remove one of the two";
        issues.addIssue({ code: "custom", path: ["parameters", name], message });
      }
    });

/** Redis as one pod of the cluster. */
export const inClusterRedis = (context: SettingsContext) =>
  z.strictObject({
    kind: z.literal("inCluster").describe("`inCluster`: one pod with its own volume"),
    image: image(context, "Redis 7 or newer"),
    storage: bytes()
      .prefault("1Gi")
      .describe(
        "size of the volume. A larger value grows the volume in place, if its storage class allows it. A volume never shrinks",
      ),
    storageClass: words().optional().describe("StorageClass of the volume when it is made; default: the cluster's own"),
    maxMemory: bytes()
      .prefault("48Mi")
      .describe("data that Redis holds before it refuses writes; about 70 % of the memory limit"),
    resources: resources({ cpu: "50m", memory: "72Mi" }),
    passwordGeneration: generation("the apps that use it"),
    administratorGeneration: administratorGeneration(),
  });

export type InClusterPostgresSettings = SettingsOf<typeof inClusterPostgres>;
export type InClusterRedisSettings = SettingsOf<typeof inClusterRedis>;

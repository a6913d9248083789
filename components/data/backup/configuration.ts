import type { BackupSettings } from "./settings";

/** Where things are in every pod that runs pgBackRest. */
export const paths = {
  /** Configuration without secrets. */
  configuration: "/etc/pgbackrest",
  /** Further configuration with the secrets, and their files. */
  secrets: "/run/secrets/repository",
  /** Certificate and key of the server and its clients. */
  tls: "/run/tls/backup",
  /** The repository, where it is a volume. */
  volume: "/var/lib/pgbackrest",
} as const;

/** Port of pgBackRest's server beside Postgres: its own default. */
export const serverPort = 8432;

/** The configurations, by file: of the server's pod, of jobs that reach it, of a restore in a pod of its own. */
export const files = {
  server: "server.conf",
  jobs: "jobs.conf",
  restore: "restore.conf",
  /** Of a second server, which is filled from the repository. */
  beside: "beside.conf",
} as const;

/** The authority of the repository's endpoint, beside the secrets. */
export const authorityFile = "authority.crt";

/** The file of a service account's key, beside the other secrets. */
export const gcsKey = "service-account.json";

/** What the configurations are made of. */
export interface ConfigurationArgs {
  readonly settings: Pick<BackupSettings, "repository" | "keep">;
  /** What the server is called in the repository (a "stanza" of pgBackRest). It stays, so that another stack can restore it. */
  readonly stanza: string;
  /** Other servers whose backups are restored. @default none */
  readonly others?: readonly string[];
  /** The live server: its Service, which its certificates are for, and its data folder. */
  readonly server: { readonly host: string; readonly dataFolder: string };
  /** The data folder of a restored server. */
  readonly restored: string;
}

type Options = Readonly<Record<string, string | number | undefined>>;

/** The variables by which pgBackRest finds a configuration, a server in it and the secrets, without an argument. */
export function configurationVariables(file: string, stanza: string): Readonly<Record<string, string>> {
  return {
    PGBACKREST_CONFIG: `${paths.configuration}/${file}`,
    PGBACKREST_CONFIG_INCLUDE_PATH: paths.secrets,
    PGBACKREST_STANZA: stanza,
  };
}

/** Of the server's pod: it archives, and serves its files to jobs of this stack that prove themselves. */
export function serverConfiguration({ settings, stanza, server, others = [] }: ConfigurationArgs): string {
  return written({
    global: {
      ...everywhere,
      ...repositoryOptions(settings),
      // One line for each segment of the log would be most of Postgres' own log.
      "log-level-console": "warn",
      "tls-server-address": "*",
      "tls-server-port": serverPort,
      // The jobs have the same certificate: whoever has it may read this server's files.
      "tls-server-auth": `${server.host}=${stanza}`,
      "tls-server-ca-file": `${paths.tls}/ca.crt`,
      "tls-server-cert-file": `${paths.tls}/tls.crt`,
      "tls-server-key-file": `${paths.tls}/tls.key`,
    },
    ...each([stanza, ...others], { "pg1-path": server.dataFolder, "pg1-user": "postgres" }),
  });
}

/** Of jobs that make backups: they reach the server, and write to the repository. */
export function jobsConfiguration({ settings, stanza, server }: ConfigurationArgs): string {
  return written({
    global: {
      ...everywhere,
      ...repositoryOptions(settings),
      ...retention(settings.keep),
      "log-level-console": "info",
      "process-max": 2,
      // Without it a backup waits for the next checkpoint, minutes later.
      "start-fast": "y",
    },
    [stanza]: {
      "pg1-host": server.host,
      "pg1-host-type": "tls",
      "pg1-host-port": serverPort,
      "pg1-host-ca-file": `${paths.tls}/ca.crt`,
      "pg1-host-cert-file": `${paths.tls}/tls.crt`,
      "pg1-host-key-file": `${paths.tls}/tls.key`,
      "pg1-path": server.dataFolder,
      "pg1-user": "postgres",
    },
  });
}

/** Of a pod that restores into a folder of its own. */
export function restoreConfiguration({ settings, stanza, others = [], restored }: ConfigurationArgs): string {
  return written({
    global: { ...everywhere, ...repositoryOptions(settings), "process-max": 2 },
    ...each([stanza, ...others], { "pg1-path": restored }),
  });
}

/** The same options for servers, each once. */
function each(stanzas: readonly string[], options: Options): Record<string, Options> {
  return Object.fromEntries(stanzas.map((stanza) => [stanza, options]));
}

/** The secrets, as further lines of each of them. @param keys of the repository, by the name of their option */
export function secretConfiguration({
  encryptionKey,
  ...keys
}: Readonly<Record<string, string>> & { readonly encryptionKey: string }): string {
  return written({ global: { "repo1-cipher-pass": encryptionKey, ...keys } });
}

/** Pods have a read-only root and no log files; what is said goes to the container's log. */
const everywhere: Options = {
  "log-level-file": "off",
  "lock-path": "/tmp/pgbackrest",
  "spool-path": "/tmp/pgbackrest/spool",
  "compress-type": "zst",
};

function repositoryOptions({ repository }: Pick<BackupSettings, "repository">): Options {
  const encryption = { "repo1-cipher-type": "aes-256-cbc" };
  if (repository.kind === "volume") return { "repo1-type": "posix", "repo1-path": paths.volume, ...encryption };
  const { kind, bucket, endpoint, port, prefix, authority } = repository;
  const shared = {
    "repo1-type": kind,
    "repo1-path": prefix,
    [`repo1-${kind}-bucket`]: bucket,
    [`repo1-${kind}-endpoint`]: endpoint,
    "repo1-storage-port": port === 443 ? undefined : port,
    "repo1-storage-ca-file": authority === undefined ? undefined : `${paths.secrets}/${authorityFile}`,
    ...encryption,
  };
  return kind === "s3"
    ? { ...shared, "repo1-s3-region": repository.region, "repo1-s3-uri-style": repository.uriStyle }
    : { ...shared, "repo1-gcs-key": `${paths.secrets}/${gcsKey}` };
}

/** pgBackRest counts full backups, or the days that the oldest one must reach back. */
function retention({ count, days }: BackupSettings["keep"]): Options {
  return {
    "repo1-retention-full": count ?? days,
    "repo1-retention-full-type": count === undefined ? "time" : "count",
  };
}

function written(sections: Readonly<Record<string, Options>>): string {
  return Object.entries(sections)
    .map(([name, options]) => {
      const lines = Object.entries(options)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => `${key}=${value}\n`);
      return `[${name}]\n${lines.join("")}`;
    })
    .join("\n");
}

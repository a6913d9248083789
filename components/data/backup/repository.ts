import * as pulumi from "@pulumi/pulumi";
import type { Destination, MountedFiles, Place } from "../../contracts";
import { createClaim } from "../../kubernetes/claim";
import { ServerTls } from "../../kubernetes/serverTls";
import { VersionedConfig } from "../../kubernetes/versionedConfig";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import { destinationsOf } from "../external/address";
import * as conf from "./configuration";
import type { BackupSettings } from "./settings";

/** What a repository is made of. */
export interface BackupRepositoryArgs {
  readonly settings: BackupSettings;
  readonly place: Place;
  readonly labels: Record<string, string>;
  /** The server, by its Service, which is also what its backups are called; its data folder, and that of a restored one. */
  readonly server: { readonly host: string; readonly dataFolder: string };
  /** Other servers whose backups are restored. @default none */
  readonly others?: readonly string[] | undefined;
  /** Whether a second server is filled from it. @default false */
  readonly fillsSecond?: boolean;
  readonly restored: string;
  /** StorageClass of a volume that names none. */
  readonly storageClass: string | undefined;
}

/** What a pod is given that runs pgBackRest: files, and the repository's volume if it is one. */
export interface RepositoryAccess {
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly files: readonly MountedFiles[];
  readonly volumes: readonly {
    readonly name: string;
    readonly persistentVolumeClaim: { readonly claimName: string };
  }[];
  readonly mounts: readonly { readonly name: string; readonly mountPath: string }[];
}

/**
 * Where a server's backups are, as its pods see it: pgBackRest's configuration without a secret, the secrets as further
 * files of it, certificates for the way between the server and the jobs, and the claim of a repository that is a volume.
 */
export class BackupRepository extends pulumi.ComponentResource {
  /** What every pod connects to; nothing for a volume. */
  readonly destinations: readonly Destination[];
  readonly ready: readonly pulumi.Resource[];
  /** Whether pods that use it must be on the server's node. */
  readonly isVolume: boolean;
  readonly #access: (config: VersionedConfig, file: string, lasting?: boolean) => RepositoryAccess;
  readonly #server: VersionedConfig;
  readonly #jobs: VersionedConfig;

  constructor(name: string, args: BackupRepositoryArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:BackupRepository", name, {}, opts);
    const { settings, place, labels } = args;
    const { repository } = settings;
    const inside = { namespace: place.namespace, labels };
    const child = { parent: this };
    const secrets = new VersionedSecret(`${name}-repository`, { ...inside, values: secretFiles(settings) }, child);
    const tls = new ServerTls(`${name}-tls`, { ...inside, service: args.server.host, mutual: true }, child);
    const written: conf.ConfigurationArgs = { ...args, stanza: args.server.host, others: args.others ?? [] };
    const config = (who: string, texts: Readonly<Record<string, string>>) =>
      new VersionedConfig(`${name}-${who}`, { ...inside, texts }, child);
    this.#server = config("server", { [conf.files.server]: conf.serverConfiguration(written) });
    this.#jobs = config("jobs", {
      [conf.files.jobs]: conf.jobsConfiguration(written),
      [conf.files.restore]: conf.restoreConfiguration(written),
      ...(args.fillsSecond
        ? { [conf.files.beside]: conf.restoreConfiguration({ ...written, restored: args.server.dataFolder }) }
        : {}),
    });
    const claimName = `${name}-repository`;
    const claims = repository.kind === "volume" ? [claimOf(repository)] : [];
    this.isVolume = claims.length > 0;
    this.destinations =
      repository.kind === "volume" ? [] : destinationsOf({ ...repository, host: repository.endpoint });
    this.#access = ({ source }, file, lasting = false) => ({
      environment: Object.entries(conf.configurationVariables(file, args.server.host)).map(([name, value]) => ({
        name,
        value,
      })),
      files: [
        { name: "backup-config", path: conf.paths.configuration, source },
        {
          ...{ name: "backup-secrets", path: conf.paths.secrets },
          source: lasting ? { secret: secrets.currentName } : secrets.source,
        },
        { name: "backup-tls", path: conf.paths.tls, source: tls.files },
      ],
      volumes: claims.map(() => ({ name: "repository", persistentVolumeClaim: { claimName } })),
      mounts: claims.map(() => ({ name: "repository", mountPath: conf.paths.volume })),
    });
    this.ready = [...secrets.ready, ...tls.ready, ...this.#server.ready, ...this.#jobs.ready, ...claims];
    this.registerOutputs();

    function claimOf({ storage, storageClass = args.storageClass }: typeof repository & { kind: "volume" }) {
      // Who takes the backups out of the settings keeps those that there are.
      const kept = { ...child, retainOnDelete: true };
      return createClaim(claimName, { place, storage, storageClass, layer: "postgres.backup.repository" }, kept);
    }
  }

  /** For the server's pod. Other keys reach it while it runs: pgBackRest reads them for each segment of the log. */
  get server(): RepositoryAccess {
    return this.#access(this.#server, conf.files.server, true);
  }

  /** For jobs that reach the server. */
  get jobs(): RepositoryAccess {
    return this.#access(this.#jobs, conf.files.jobs);
  }

  /** For a second server, which restores into its own data folder. */
  get beside(): RepositoryAccess {
    return this.#access(this.#jobs, conf.files.beside);
  }

  /** For a pod that restores into a folder of its own. */
  get restore(): RepositoryAccess {
    return this.#access(this.#jobs, conf.files.restore);
  }
}

function secretFiles({ repository, encryptionKey }: BackupSettings): Record<string, pulumi.Input<string>> {
  const keys: Record<string, pulumi.Output<string>> = repository.kind === "s3"
    ? { "repo1-s3-key": repository.accessKey, "repo1-s3-key-secret": repository.secretKey }
    : {};
  return {
    "secrets.conf": pulumi
      .all([encryptionKey, pulumi.all(keys)])
      .apply(([key, others]) => conf.secretConfiguration({ ...others, encryptionKey: key })),
    ...(repository.kind !== "volume" && repository.authority !== undefined
      ? { [conf.authorityFile]: repository.authority }
      : {}),
    ...(repository.kind === "gcs" ? { [conf.gcsKey]: repository.key } : {}),
  };
}

import * as pulumi from "@pulumi/pulumi";
import type { Connection, Destination, Place, PodIdentity, PostgresLogIn } from "../../contracts";
import { authorityFiles, postgresVariables } from "../../kubernetes/connections";
import { CronWorkload, type CronWorkloadArgs } from "../../kubernetes/cronWorkload";
import { Job } from "../../kubernetes/job";
import type { PodArgs } from "../../kubernetes/podTemplate";
import { variablesOf } from "../../kubernetes/variables";
import { ownLabels } from "../../naming";
import type { InClusterPostgresSettings } from "../settings";
import { drillScript, restoredFolder } from "./drillScript";
import type { BackupRepository } from "./repository";
import { type BackupType, backupScript, setUpScript } from "./scripts";
import type { BackupSettings } from "./settings";

/** What the jobs of a server's backups are made of. */
export interface BackupsArgs {
  readonly settings: InClusterPostgresSettings;
  readonly backup: BackupSettings;
  readonly place: Place;
  readonly repository: BackupRepository;
  /** The server's pod, where its files are had, and what its backups are called. */
  readonly server: { readonly pods: PodIdentity; readonly files: Destination; readonly name: string };
  /** How a drill logs in to the live server. */
  readonly administrator: PostgresLogIn;
  /** The server's own configuration, which a restored one starts with. */
  readonly configuration: pulumi.Input<string>;
}

/** Seconds after which a run is given up: half a day, so that the next one of every day starts. */
const longest = 12 * 3600;

/** Seconds for which an `up` waits for the first backup. */
const longestFirst = 2 * 3600;

/**
 * The jobs around a server's backups: one makes the repository ready and the first backup, two make backups on their
 * schedules, and one drills a restore. All of them are idempotent, and none overwrites what another database has put there.
 */
export class Backups extends pulumi.ComponentResource {
  readonly connections: readonly Connection[];

  constructor(name: string, args: BackupsArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:Backups", name, {}, opts);
    const { settings, backup, place, repository, server, administrator } = args;
    const { namespace, stage, traits, imagePullSecrets } = place;
    const child = { parent: this };
    const { destinations } = repository;
    const common = {
      ...{ namespace, stage, traits, imagePullSecrets, image: settings.image.reference, user: 999 },
      ...(repository.isVolume ? { role: "data" as const, beside: server.pods } : {}),
    };
    const jobs = {
      ...common,
      ...repository.jobs,
      identity: { name, component: "backup" },
      resources: backup.resources,
      connectsTo: [server.files, ...destinations],
    };
    const ready = [...administrator.ready, ...repository.ready];

    const setUp = new Job(
      `${name}-backup-setup`,
      {
        ...jobs,
        command: ["sh", "-c", setUpScript],
        runsOncePer: [placeOf(backup), ...(server.name === name ? [] : [server.name])],
        after: ready,
        deadlineSeconds: longestFirst,
      },
      child,
    );
    const schedules = [
      backupSchedule("full", "full", backup.full),
      ...(backup.differential === "none" ? [] : [backupSchedule("differential", "diff", backup.differential)]),
      ...(backup.drill === "none" ? [] : [drill(backup.drill)]),
    ];
    this.connections = [setUp, ...schedules].flatMap(({ connections }) => connections);
    this.registerOutputs();

    function schedule(what: string, pod: Omit<CronWorkloadArgs, "timeZone" | "deadlineSeconds" | "after">) {
      const { timeZone } = backup;
      const after = [...ready, setUp.job];
      return new CronWorkload(`${name}-${what}`, { ...pod, timeZone, after, deadlineSeconds: longest }, child);
    }

    function backupSchedule(what: string, type: BackupType, cron: string) {
      return schedule(`backup-${what}`, { ...jobs, cron, command: ["sh", "-c", backupScript(type)] });
    }

    /** As much memory as the live server has, and a volume as large as its own, for as long as the pod is there. */
    function drill(cron: string) {
      const access = repository.restore;
      const pod: Pick<PodArgs, "environment" | "files" | "volumes" | "mounts"> = {
        environment: [...variablesOf(postgresVariables, administrator), ...access.environment],
        files: [
          ...authorityFiles({ postgres: administrator.tls }),
          ...access.files,
          { name: "config", path: "/etc/postgresql", source: { configMap: args.configuration } },
        ],
        volumes: [...access.volumes, restoredVolume()],
        mounts: [...access.mounts, { name: "restored", mountPath: restoredFolder }],
      };
      return schedule("drill", {
        ...common,
        ...pod,
        identity: { name, component: "drill" },
        resources: settings.resources,
        cron,
        // Its volume goes with it.
        keptSeconds: 3600,
        command: ["sh", "-c", drillScript],
        connectsTo: [...administrator.destinations, ...destinations],
      });
    }

    function restoredVolume() {
      const storageClassName = settings.storageClass ?? traits.storageClass;
      return {
        name: "restored",
        ephemeral: {
          volumeClaimTemplate: {
            metadata: { labels: ownLabels },
            spec: {
              accessModes: ["ReadWriteOnce"],
              ...(storageClassName === undefined ? {} : { storageClassName }),
              resources: { requests: { storage: settings.storage } },
            },
          },
        },
      };
    }
  }
}

/** What makes a repository another one, in which the server has to be made known. */
function placeOf({ repository }: BackupSettings): readonly string[] {
  if (repository.kind === "volume") return ["volume"];
  return [repository.kind, repository.endpoint, repository.bucket, repository.prefix];
}

import type { OwnSidecar, PodArgs } from "../../kubernetes/podTemplate";
import { dataVolume } from "../../naming";
import { superuser } from "../postgresAdministrator";
import { serverPort } from "./configuration";
import type { BackupRepository } from "./repository";
import { serveScript } from "./scripts";
import type { BackupSettings } from "./settings";

/** What a server's pod has for its backups. */
export interface ServerPodArgs {
  readonly repository: BackupRepository;
  readonly backup: BackupSettings;
  readonly image: string;
  /** Where the volume is seen. */
  readonly dataPath: string;
}

/** Where the two containers have Postgres' socket in common. */
export const socketFolder = "/run/postgres";

/** The port at which jobs reach the server's files, by its name in the pod and the Service. */
export const backupPorts = { backup: serverPort } as const;

/** A connection that says nothing would be an error in the log, each time. */
const ping = ["pgbackrest", "server-ping", "127.0.0.1"];

/**
 * What the pod of a server has beside Postgres: pgBackRest's own server, by which jobs with a certificate of this stack
 * read its files and start and stop backups, and what `archive_command` needs in Postgres' own container.
 */
export function serverPod(
  args: ServerPodArgs,
): Required<Pick<PodArgs, "environment" | "files" | "volumes" | "mounts" | "ownSidecars">> {
  const { repository, backup, image, dataPath } = args;
  const { environment, files, volumes, mounts } = repository.server;
  const socket = { name: "socket", mountPath: socketFolder };
  const sidecar: OwnSidecar = {
    name: "backup",
    image,
    command: ["sh", "-c", serveScript],
    environment: [
      ...environment,
      // Without a password: Postgres sees that it is of the same pod.
      { name: "PGHOST", value: socketFolder },
      { name: "PGUSER", value: superuser },
      { name: "PGDATABASE", value: superuser },
    ],
    files: [...files],
    mounts: [...mounts, socket, { name: dataVolume, mountPath: dataPath, readOnly: true }],
    ports: backupPorts,
    probes: {
      startup: { exec: { command: ping }, periodSeconds: 1, failureThreshold: 60, timeoutSeconds: 5 },
      liveness: { exec: { command: ping }, periodSeconds: 60, failureThreshold: 3, timeoutSeconds: 10 },
    },
    resources: backup.resources,
    shutdownSeconds: 5,
  };
  return {
    environment: [...environment],
    files: [...files],
    volumes: [...volumes, { name: "socket", emptyDir: { sizeLimit: "1Mi" } }],
    mounts: [...mounts, socket],
    ownSidecars: [sidecar],
  };
}

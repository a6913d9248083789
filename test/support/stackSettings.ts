import { homedir } from "node:os";
import { drillScript } from "../../components/data/backup/drillScript";
import { backupScript } from "../../components/data/backup/scripts";
import { layersOf } from "../../components/schema/stackFile";
import { parseSettings } from "../../components/settings/parse";
import type { WithOwnApps } from "./ownApps";
import { repository, writeKubeconfig } from "./plan";
import { project } from "./project";
import type { Stack } from "./stacks";

/** The settings of a stack as the program sees them, with every default in its place. */
export function settingsOf({ stack, config, secretKeys }: Stack): WithOwnApps {
  process.env.KUBECONFIG ??= writeKubeconfig("switchboard-local");
  const secrets = Object.fromEntries(secretKeys.map((key) => [key, true]));
  return parseSettings(layersOf(config, project), {
    stack,
    project,
    root: repository,
    home: homedir(),
    kubeconfig: process.env.KUBECONFIG,
    path: process.env.PATH ?? "",
    now: new Date(),
    secretLayers: new Set(Object.keys(layersOf(secrets, project))),
  }) as WithOwnApps;
}

/** The schedules of the platform's own, as an app's are given. */
export function platformSchedules({ postgres }: WithOwnApps) {
  const backup = postgres.kind === "inCluster" ? postgres.backup : undefined;
  const { timeZone = "" } = backup ?? {};
  const all = {
    "backup-full": { cron: backup?.full, script: backupScript("full") },
    "backup-differential": { cron: backup?.differential, script: backupScript("diff") },
    drill: { cron: backup?.drill, script: drillScript },
  };
  const schedules = Object.entries(all).flatMap(([name, { cron = "none", script }]) =>
    cron === "none" ? [] : [[name, { cron, timeZone, command: ["sh", "-c", script] }] as const],
  );
  return { postgres: { schedules: Object.fromEntries(schedules) } };
}

/** The processes of declared apps, by the name of their Deployment's resource. */
export function declaredProcesses({ apps }: WithOwnApps) {
  return Object.entries(apps).flatMap(([app, { processes }]) =>
    Object.entries(processes).map(([name, process]) => ({
      name: `${process.name ?? `${app}-${name}`}-deployment`,
      process,
    })),
  );
}

/** The Postgres servers of a stack in its cluster, by the name of their StatefulSet. */
export function postgresServers({ postgres }: Pick<WithOwnApps, "postgres">) {
  if (postgres.kind !== "inCluster") return [];
  const { server, beside, backup } = postgres;
  const name = (number: number) => `postgres${number === 1 ? "" : `-${number}`}-server`;
  return [
    { name: name(server), archives: backup !== undefined, stopped: false },
    ...(beside ? [{ name: name(beside.server), archives: false, stopped: !beside.restore && !beside.copy }] : []),
  ];
}

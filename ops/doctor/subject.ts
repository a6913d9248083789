import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cloudName } from "../../components/cluster/gke/names";
import { type ParsedSettings, parseSettings } from "../../components/settings/parse";
import { repository } from "../../local/support/paths";
import { configOf, type Target } from "../../local/target";
import { offlineStack } from "../preview/offlineStack";
import type { Subject } from "./model";

const prefix = "switchboard:";

/** As components/cluster names what it makes. */
function clusterName({ project, stack, cluster }: ParsedSettings): string {
  const fullName = `${project}-${stack}`;
  // https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters
  return cluster.kind === "gke" ? cloudName(fullName, 40) : fullName;
}

/**
 * The settings of a stack as the program would read them, with placeholders for what is encrypted.
 * @throws SettingsError with everything that is wrong with them
 */
export async function subjectOf(target: Target, now: Date): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-doctor-"));
  try {
    const config = configOf(readFileSync(target.stackFile, "utf8"), target.stackFile);
    const offline = await offlineStack(config, { root: repository, folder, now });
    const layers = Object.entries(offline.config).filter(([key]) => key.startsWith(prefix));
    const settings = parseSettings(
      Object.fromEntries(layers.map(([key, value]) => [key.slice(prefix.length), value])),
      {
        ...{ stack: target.stack, project: "switchboard", root: dirname(target.stackFile), home: homedir() },
        ...{ kubeconfig: offline.kubeconfig, path: process.env.PATH ?? "", now },
        secretLayers: new Set(offline.secrets.map(([key = ""]) => key.slice(prefix.length))),
        stored: config,
      },
    );
    return { target, settings, ports: target.ports, clusterName: clusterName(settings) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

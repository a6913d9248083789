import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { clusterNameOf } from "../../components/clouds/gcp/names";
import { fullNameOf } from "../../components/naming";
import { layersOf, othersOf } from "../../components/schema/stackFile";
import { type ParsedSettings, parseSettings } from "../../components/settings/parse";
import { offlineStack } from "../../engine/record/offlineStack";
import { projectName } from "../../engine/stack/project";
import { knownConfig } from "../../engine/stack/stackFile";
import type { Target } from "../../engine/stack/target";
import { repository } from "../../lib/paths";
import type { Subject } from "./model";

/** As components/clouds names what it makes. */
function clusterName(settings: ParsedSettings): string {
  const fullName = fullNameOf(settings);
  return settings.cluster.kind === "gke" ? clusterNameOf(fullName) : fullName;
}

/**
 * The settings of a stack as the program would read them, with placeholders for what is encrypted.
 * @throws SettingsError with everything that is wrong with them
 */
export async function subjectOf(target: Target, now: Date): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-doctor-"));
  try {
    const { config, file } = knownConfig(target.stackFile);
    const project = projectName();
    const offline = await offlineStack(config, { root: repository, folder, now });
    const settings = parseSettings(layersOf(offline.config, project), {
      ...{ stack: target.stack, project, root: dirname(target.stackFile), home: homedir() },
      ...{ kubeconfig: offline.kubeconfig, path: process.env.PATH ?? "", now },
      secretLayers: new Set(offline.secrets.map(([key = ""]) => key.slice(project.length + 1))),
      stored: file,
      others: othersOf(offline.config, project),
    });
    return { target, settings, ports: target.ports, clusterName: clusterName(settings) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

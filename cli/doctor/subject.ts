import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cloudOf } from "../../components/clouds";
import type { Check as AnyCheck } from "../../components/clouds/shared/doctor/model";
import { fullNameOf } from "../../components/naming";
import { layersOf, othersOf } from "../../components/schema/stackFile";
import { type ParsedSettings, parseSettings } from "../../components/settings/parse";
import { offlineStack } from "../../engine/record/offlineStack";
import type { LocalPorts } from "../../engine/stack/localNodes";
import { projectName } from "../../engine/stack/project";
import { knownConfig } from "../../engine/stack/stackFile";
import type { Target } from "../../engine/stack/target";
import { repository } from "../../lib/paths";

/** What the doctor looks at. */
export interface Subject {
  readonly target: Pick<Target, "stack" | "local" | "cloud" | "context">;
  readonly settings: ParsedSettings;
  readonly ports: LocalPorts;
  /** Name of the cluster that the stack makes in a cloud, and of what belongs to it. */
  readonly clusterName: string;
  /** Whether nothing of the stack is there, as its state says. @default false, also where nobody has looked */
  readonly first?: boolean;
}

/** Looks into one area of a stack, whatever it stands on. */
export type Check = AnyCheck<Subject>;

/** As components/clouds names what it makes. */
function clusterName(settings: ParsedSettings): string {
  const fullName = fullNameOf(settings);
  return cloudOf("cluster", settings.cluster.kind)?.doctor()?.clusterName(fullName) ?? fullName;
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

import { homedir } from "node:os";
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

import { homedir } from "node:os";
import { type ParsedSettings, parseSettings } from "../../components/settings/parse";
import { repository, writeKubeconfig } from "./plan";
import type { Stack } from "./stacks";

/** The settings of a stack as the program sees them, with every default in its place. */
export function settingsOf({ stack, config, secretKeys }: Stack): ParsedSettings {
  process.env.KUBECONFIG ??= writeKubeconfig("switchboard-local");
  const prefix = "switchboard:";
  const layers = Object.entries(config).filter(([key]) => key.startsWith(prefix));
  return parseSettings(Object.fromEntries(layers.map(([key, value]) => [key.slice(prefix.length), value])), {
    stack,
    project: "switchboard",
    root: repository,
    home: homedir(),
    kubeconfig: process.env.KUBECONFIG,
    path: process.env.PATH ?? "",
    now: new Date(),
    secretLayers: new Set(secretKeys.map((key) => key.slice(prefix.length))),
  });
}

import { isAbsolute, join } from "node:path";
import type { SettingsContext } from "../context";

/** A path of the settings on this machine: `~/` is the home folder, anything relative starts at the repository's root. */
export function absolute(path: string, context: Pick<SettingsContext, "home" | "root">): string {
  if (path === "~" || path.startsWith("~/")) return join(context.home, path.slice(1));
  return isAbsolute(path) ? path : join(context.root, path);
}

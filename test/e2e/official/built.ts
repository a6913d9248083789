import { join } from "node:path";
import { isBuilt } from "../../../engine/goTool";
import { officialProvider } from "../../../engine/official";
import { binaries } from "../../../lib/paths";

/** Path of the official provider in the cache; undefined where it was not built, or from other modules. */
export function builtOfficialProvider(): string | undefined {
  return isBuilt(officialProvider) ? join(binaries, officialProvider.name) : undefined;
}

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isBuilt } from "../../../engine/goTool";
import { officialProvider } from "../../../engine/official";
import { binaries } from "../../../lib/paths";
import { PluginClient } from "../../engine/support/pluginClient";

/** Path of the official provider in the cache; undefined where it was not built, or from other modules. */
export function builtOfficialProvider(): string | undefined {
  return isBuilt(officialProvider) ? join(binaries, officialProvider.name) : undefined;
}

/** The official plugin as a process, which says its port on its first line. */
export async function startOfficial(): Promise<{ plugin: PluginClient; process: ChildProcess }> {
  const child = spawn(builtOfficialProvider()!, ["127.0.0.1:9"], { stdio: ["ignore", "pipe", "ignore"] });
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout!).once("line", (line) => resolve(Number(line)));
    child.once("exit", (code) => reject(new Error(`the official provider ended with ${code}`)));
    child.once("error", reject);
  });
  return { plugin: PluginClient.attach(port), process: child };
}

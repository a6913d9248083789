import fc from "fast-check";
import { SettingsError } from "../../components/settings/parse";
import { anyApps, mended } from "./anyApps";
import { smallConfig } from "./config";
import { layerKey } from "./project";
import { settingsOf } from "./stackSettings";
import type { Stack } from "./stacks";

/** Names how stacks are drawn: `<seed>:<how many>`. */
export const drawnVariable = "SWITCHBOARD_TEST_DRAWN";

/** Stacks whose apps are drawn, and mended by what the settings say of them, so that they are right. */
export function drawnStacks(drawn: string): Stack[] {
  const [seed, count] = drawn.split(":").map(Number);
  const stacks: Stack[] = [];
  for (const [index, apps] of fc.sample(anyApps, { seed: seed!, numRuns: 20 * count! }).entries()) {
    const right = mended(apps, (left) => problemsOf(stackWith(left)));
    if (right) stacks.push({ ...stackWith(right), name: `the stack ${index} of seed ${seed}` });
    if (stacks.length === count) return stacks;
  }
  throw new Error(`the seed ${seed} gives only ${stacks.length} stacks`);
}

function stackWith(apps: object): Stack {
  const config = smallConfig({
    postgres: { kind: "inCluster", image: "registry.example/postgres:15.4", maxConnections: 400 },
    operations: { stage: "test" },
  });
  return {
    ...{ name: "drawn", stack: "drawn", kind: "existing", namespace: "switchboard" },
    config: { ...config, [layerKey("apps")]: apps },
    secretKeys: [layerKey("apps")],
  };
}

function problemsOf(stack: Stack): readonly string[] {
  try {
    settingsOf(stack);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems;
  }
}

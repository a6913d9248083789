import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import type { Plan } from "../../engine/record/plan";
import { record } from "../../engine/record/recorder";
import { configOf } from "../../engine/stack/target";
import { temporaryFolder } from "../../lib/temporary";
import { project, recordedKey, recordedProject } from "./project";

export type { Plan, Registration } from "../../engine/record/plan";
export { secretKey } from "../../engine/record/recorder";

/** The root of the repository. */
export const repository = resolve(__dirname, "../..");

/** The stacks that are committed. */
export const committedStacks = ["dev", "prod", "prod-eks"] as const;

/** The configuration of a committed stack, as the CLI would hand it over. */
export function stackConfig(stack: string): Record<string, unknown> {
  const file = `Pulumi.${stack}.yaml`;
  return configOf(readFileSync(join(repository, file), "utf8"), file);
}

/** A kubeconfig for tests: one context for each name, credentials that open nothing. */
export function writeKubeconfig(...contexts: readonly string[]): string {
  const folder = temporaryFolder("test");
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "kubeconfig");
  const text = stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: contexts.map((name) => ({ name, cluster: { server: "https://127.0.0.1:6443" } })),
    users: contexts.map((name) => ({ name, user: { token: "opens-nothing" } })),
    contexts: contexts.map((name) => ({ name, context: { cluster: name, user: name } })),
    "current-context": contexts[0],
  });
  writeFileSync(path, text);
  return path;
}

interface PlanOptions {
  readonly stack?: string;
  readonly preview?: boolean;
  readonly secretKeys?: readonly string[];
}

/** The same under the name of the project that goldens and recordings are of, to be compared with them. */
export function recordedPlan(config: Readonly<Record<string, unknown>>, options: PlanOptions = {}): Promise<Plan> {
  const renamed = Object.fromEntries(Object.entries(config).map(([key, value]) => [recordedKey(key), value]));
  const secretKeys = options.secretKeys?.map(recordedKey) ?? [];
  return plan(renamed, { ...options, secretKeys, project: recordedProject });
}

/**
 * Runs the program without the CLI and records what it registers.
 *
 * @param config stack configuration: `layerKey(layer)` to an object
 * @param options `preview` is what `pulumi preview` sees: generated values are unknown
 */
export async function plan(
  config: Readonly<Record<string, unknown>>,
  options: PlanOptions & { readonly project?: string } = {},
): Promise<Plan> {
  process.env.KUBECONFIG ??= writeKubeconfig("switchboard-local");
  const program = require("../..") as () => Promise<Record<string, unknown>>;
  return record(program, { project, stack: "dev", config, ...options });
}

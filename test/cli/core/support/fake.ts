import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { Catalog } from "../../../../cli/core/catalog";
import type { CommandSpec, ExitCode } from "../../../../cli/core/command";
import { run } from "../../../../cli/core/run";
import type { Target } from "../../../../engine/stack/target";
import { layerKey } from "../../../support/project";

const folder = mkdtempSync(join(tmpdir(), "cli-test-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

/** A stack's file with these settings of `operations`, and where it goes. */
export function stackOf(stack: string, operations: object): Target {
  const stackFile = join(folder, `Pulumi.${stack}.yaml`);
  writeFileSync(stackFile, JSON.stringify({ config: { [layerKey("operations")]: operations } }));
  return { stack, stackFile, local: false, ports: { https: 8443, http: 8080 } };
}

/** `prod` is production, every other name is not. */
const readTarget = (named: string) =>
  stackOf(named, named === "prod" ? { stage: "live", protect: true } : { stage: "dev" });

/** A command with whatever a test does not say. */
export function fake(spec: Partial<CommandSpec>): CommandSpec {
  return {
    name: "look",
    summary: "look at something",
    examples: [["switchboard look", "looks"]],
    access: "read",
    run: async () => 0,
    ...spec,
  };
}

export function catalogOf(...specs: CommandSpec[]): Catalog {
  return specs.map((spec) => ({ name: spec.name, group: "See", summary: spec.summary, load: async () => spec }));
}

/** What is there besides the words. */
export interface Scene {
  readonly env?: NodeJS.ProcessEnv;
  /** Somebody sits at a terminal and types these lines, each at the next question. */
  readonly answers?: readonly string[];
  readonly interrupts?: () => AbortController;
  /** Called with stdout, before anything is written. */
  readonly stdout?: (stdout: PassThrough) => void;
}

export interface Outcome {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, with streams of its own. */
export async function call(specs: readonly CommandSpec[], words: string, scene: Scene = {}): Promise<Outcome> {
  const { env = {}, answers, interrupts = () => new AbortController() } = scene;
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const said = { stdout: "", stderr: "" };
  const left = [...(answers ?? [])];
  stdout.on("data", (data: Buffer) => {
    said.stdout += data;
  });
  stderr.on("data", (data: Buffer) => {
    said.stderr += data;
    // The question is there: its answer is typed.
    if (/: (\x1b\[\d+G)?$/.test(said.stderr) && left.length > 0) stdin.write(`${left.shift()}\r`);
  });
  if (answers) Object.assign(stdin, { isTTY: true });
  Object.assign(stderr, { isTTY: answers !== undefined, columns: 200 });
  scene.stdout?.(stdout);
  const around = { catalog: catalogOf(...specs), version: "1.2.3", env, stdin, stdout, stderr, interrupts, readTarget };
  const code = await run(words === "" ? [] : words.split(" "), around);
  await new Promise((resolve) => setImmediate(resolve));
  return { code, ...said };
}

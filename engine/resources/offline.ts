import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../lib/paths";
import { temporaryFolder } from "../../lib/temporary";
import { UserError } from "../../lib/userError";
import { offlineStack, UnknowableError } from "../record/offlineStack";
import type { Plan } from "../record/plan";
import { projectName } from "../stack/project";
import { knownConfig } from "../stack/stackFile";
import { configOf, readTarget } from "../stack/target";
import { fromPlan } from "./fromPlan";
import type { Resource } from "./resource";

/** Which text of a stack's file is run. */
export interface OfflineOptions {
  /** The file's text, where it is not the one of the working tree. */
  readonly text?: string;
  /** The file, where it lies elsewhere. */
  readonly file?: string;
  /** How the text is called in errors. @default the stack file's path */
  readonly name?: string;
}

/** The program itself refuses the settings: its message says all that is wrong with them. */
export class RefusedSettings extends UserError {}

/** The environment and the recorder belong to the whole process, so that one program runs after the other. */
let last: Promise<unknown> = Promise.resolve();

let folder: string | undefined;

/**
 * What a first `up` of a stack would make, learnt without credentials and without a network: the program is run in this
 * process against a recorder. Calls wait for each other, and each leaves the environment as it was.
 *
 * @param stack name of a stack of the repository
 * @throws UserError when there is no such stack, its file cannot be read, or the program refuses its settings
 */
export async function offlineResources(stack: string, options: OfflineOptions = {}): Promise<Resource[]> {
  return fromPlan(await offlinePlan(stack, options));
}

/** The same as the recorder has it, with outputs and warnings. @throws UserError as `offlineResources` */
export function offlinePlan(stack: string, options: OfflineOptions = {}): Promise<Plan> {
  const run = last.then(() => recorded(stack, options));
  last = run.catch(() => {});
  return run;
}

async function recorded(stack: string, { text, name, file: elsewhere }: OfflineOptions): Promise<Plan> {
  const file = text === undefined ? (elsewhere ?? readTarget(stack).stackFile) : undefined;
  const from = name ?? file ?? stack;
  const shown = text ?? readFileSync(file!, "utf8");
  folder ??= temporaryFolder("offline");
  const root = folder;
  const { config, notes } = file === undefined ? { config: configOf(shown, from), notes: [] } : knownConfig(file);
  const offline = await readable({ ...config }, [from, ...notes].join("; "), root);
  // Where the program looks for what is encrypted.
  writeFileSync(join(root, `Pulumi.${stack}.yaml`), shown, { mode: 0o600 });
  const secretKeys = [...new Set(offline.secrets.map(([key = ""]) => key))];
  const kubeconfig = process.env.KUBECONFIG;
  process.env.KUBECONFIG = offline.kubeconfig;
  const { RunError } = await import("@pulumi/pulumi");
  const { record } = await import("../record/recorder");
  const program = require("../..") as () => Promise<Record<string, unknown>>;
  try {
    const plan = await record(program, { project: projectName(), stack, config: offline.config, secretKeys, root });
    return { ...plan, warnings: [...notes, ...plan.warnings] };
  } catch (error) {
    if (!RunError.isInstance(error)) throw error;
    ignoreEchoes((reason) => RunError.isInstance(reason));
    throw new RefusedSettings(
      [...notes, `${from}: ${error.message}`].join("\n"),
      "correct the stack's file; npm run preview shows the same",
    );
  } finally {
    if (kubeconfig === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = kubeconfig;
  }
}

let ignoring = false;

/** What else a failed program was doing fails after it, with the same error, of which nobody needs to read. */
function ignoreEchoes(isEcho: (reason: unknown) => boolean): void {
  if (ignoring) return;
  ignoring = true;
  process.on("unhandledRejection", (reason) => {
    if (!isEcho(reason)) throw reason;
  });
}

async function readable(config: Record<string, unknown>, from: string, folder: string) {
  try {
    return await offlineStack(config, { root: repository, folder, now: new Date() });
  } catch (error) {
    if (!(error instanceof UnknowableError)) throw error;
    throw new UserError(`${from}: ${error.message}`, error.todo);
  }
}

import { readFileSync, writeFileSync } from "node:fs";
import type { Change } from "../../components/schema/change";
import { SettingsError } from "../../components/settings/parse";
import { withChanges } from "../../engine/stack/changedFile";
import { layersAt } from "../../engine/stack/stackFile";
import { clock } from "../../lib/steps";
import { UserError } from "../../lib/userError";
import { accessTo } from "../cluster/access";
import type { Kubectl } from "../cluster/kubectl";
import { approval } from "../commands/up/approval";
import { bringUp } from "../commands/up/up";
import { type ExitCode, exitCodes, type Invocation } from "../core/command";
import type { Written } from "./changes";
import { lastVerdict, verdictLines } from "./verdict";

/** A kind of Postgres that can have a second server: in the cluster, or run by a cloud. */
type Kind = "inCluster" | "rds" | "cloudSql";

const kinds: readonly Kind[] = ["inCluster", "rds", "cloudSql"];

/**
 * What a stack's file says of its Postgres, and who runs it.
 *
 * @throws UserError where it cannot have a second server
 */
export function writtenIn({ stackFile }: Pick<Invocation["target"], "stackFile">): Written & { readonly kind: Kind } {
  const postgres = layersAt(stackFile).postgres as (Written & { kind?: Kind }) | undefined;
  if (!postgres) throw new UserError("this stack has no Postgres", "give it one: postgres.kind");
  const { kind } = postgres;
  if (kind && kinds.includes(kind)) return { ...postgres, kind };
  throw new UserError(
    `postgres.kind ${kind} has no second server that this program makes`,
    `it makes one for ${kinds.join(", ")}; for others use the means of who runs the server`,
  );
}

/** Lets `work` look into the stack's cluster. */
export async function inside<T>({ io, target }: Invocation, work: (kubectl: Kubectl) => Promise<T>): Promise<T> {
  const { kubectl, close } = await accessTo(target, { signal: io.signal, note: io.note });
  try {
    return await work(kubectl);
  } finally {
    close();
  }
}

/** The option of every command that changes a stack's file and then brings the stack up. */
export const fileOnly = {
  flags: "--file-only",
  description: "change the stack's file only, for a deployment that runs elsewhere",
};

/**
 * Writes changes into a stack's file and brings the stack up. The file stays as it was where nobody
 * agrees, and where the settings are wrong.
 *
 * @returns whether the stack was brought up
 */
export async function carryOut(invocation: Invocation, question: string, changes: readonly Change[]): Promise<boolean> {
  const { io, target, options, confirm } = invocation;
  const before = readFileSync(target.stackFile, "utf8");
  await confirm(question);
  writeFileSync(target.stackFile, withChanges(before, changes));
  io.note(`${target.stackFile} is changed: ${changes.map(([path]) => path).join(", ")}`);
  if (options.fileOnly === true) return false;
  const begun = Date.now();
  try {
    await bringUp(target, { progress: io, signal: io.signal, approve: approval(invocation) });
  } catch (error) {
    if (error instanceof SettingsError) writeFileSync(target.stackFile, before);
    throw error;
  }
  io.note(`up in ${clock(Date.now() - begun)}`);
  return true;
}

/** A second server that a command makes. */
interface Second {
  readonly changes: readonly Change[];
  /** What it makes, as a question says it. */
  readonly what: string;
  /** What an `up` does when the file alone was changed. */
  readonly todo: string;
  /** The job that tells what was made; none for a server that a cloud runs. */
  readonly job: Parameters<typeof lastVerdict>[1] | undefined;
}

/** Makes a second server and tells what its job has found. */
export async function makeSecond(invocation: Invocation, { changes, what, todo, job }: Second): Promise<ExitCode> {
  const { io, target } = invocation;
  const { stack } = target;
  if (!(await carryOut(invocation, `This ${what} in the stack ${stack}.`, changes))) {
    io.result({ stack, up: false }, () => [`the stack's file is changed; run up to ${todo}`]);
    return exitCodes.ok;
  }
  const verdict = job && (await inside(invocation, (kubectl) => lastVerdict(kubectl, job)));
  io.result({ stack, up: true, ...verdict }, () => [
    ...(verdict
      ? verdictLines(verdict)
      : ["The cloud has restored the second server. Nothing compares it: look into it."]),
    "Next: switchboard switch, or switchboard switch --forget",
  ]);
  return exitCodes.ok;
}

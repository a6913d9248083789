import { readFileSync, writeFileSync } from "node:fs";
import type { Change } from "../../components/schema/change";
import { SettingsError } from "../../components/settings/parse";
import { withChanges } from "../../engine/stack/changedFile";
import { layersAt } from "../../engine/stack/stackFile";
import { clock } from "../../lib/steps";
import { UserError } from "../../lib/userError";
import { approval } from "../commands/up/approval";
import { bringUp } from "../commands/up/up";
import type { Invocation } from "../core/command";
import type { Written } from "./changes";

/** Kinds of Postgres that can have a second server. */
const kinds = ["inCluster"];

/**
 * What a stack's file says of its Postgres.
 *
 * @throws UserError where it cannot have a second server
 */
export function writtenIn({ stackFile }: Pick<Invocation["target"], "stackFile">): Written {
  const postgres = layersAt(stackFile).postgres as (Written & { kind?: string }) | undefined;
  if (!postgres) throw new UserError("this stack has no Postgres", "give it one: postgres.kind");
  if (!kinds.includes(postgres.kind ?? ""))
    throw new UserError(
      `postgres.kind ${postgres.kind} has no second server that this program makes`,
      `it makes one for ${kinds.join(", ")}; for others use the means of who runs the server`,
    );
  return postgres;
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

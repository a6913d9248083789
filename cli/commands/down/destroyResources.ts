import { execa } from "execa";
import { type Cloud, clouds } from "../../../components/clouds";
import type { NetworkHold } from "../../../components/clouds/shared/deployed";
import type { CloudModule } from "../../../components/clouds/shared/module";
import type { Stack } from "../../../engine/stack";
import type { Target } from "../../../engine/stack/target";
import { UserError } from "../../../lib/userError";
import type { Progress } from "../up/up";

/** What a `destroy` needs of the world. */
export interface DestroyOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Runs a program; throws where it fails. @default the program on PATH */
  readonly run?: (program: string, args: readonly string[]) => Promise<unknown>;
}

/**
 * Destroys everything of a stack. On Google Cloud the peering of managed services holds the network until it is removed,
 * which is done once nothing needs it any more, and then the rest goes.
 *
 * @throws UserError with the errors of the resources; with the command, where the peering could not be removed
 */
export async function destroyResources(
  { stack: name, cloud }: Pick<Target, "stack" | "cloud">,
  stack: Pick<Stack, "update" | "exported">,
  { progress, signal, run = onPath }: DestroyOptions,
): Promise<void> {
  const destroy = (title: string) => progress.step(title, (report) => stack.update("destroy", report, signal));
  try {
    await destroy(`pulumi destroy, stack ${name}`);
  } catch (error) {
    const hold = cloud && !signal.aborted ? await holdOf(cloud, stack) : undefined;
    if (!hold) throw error;
    await progress.step("removing the peering that holds the network", () => remove(hold, name, run));
    await destroy("pulumi destroy, what the peering held");
  }
}

async function holdOf(cloud: Cloud, stack: Pick<Stack, "exported">): Promise<NetworkHold | undefined> {
  const hold = (clouds[cloud] as CloudModule).deployed()?.networkHold;
  return hold?.((await stack.exported())?.deployment?.resources ?? []);
}

async function remove(
  { what, command }: NetworkHold,
  stack: string,
  run: NonNullable<DestroyOptions["run"]>,
): Promise<void> {
  const [program = "", ...args] = command;
  try {
    await run(program, args);
  } catch (error) {
    const reason = (error as Error).message.trim().split("\n").at(-1);
    throw new UserError(
      `${what}, and could not be removed: ${reason}`,
      `${command.join(" ")}, then switchboard down ${stack}`,
    );
  }
}

async function onPath(program: string, args: readonly string[]): Promise<void> {
  await execa(program, args, { stdin: "ignore" });
}

import { clouds } from "../../../components/clouds";
import type { ManagedStore } from "../../../components/clouds/shared/backups";
import type { StateEntry } from "../../../components/clouds/shared/deployed";
import type { CloudModule } from "../../../components/clouds/shared/module";
import { StackState } from "../../../engine/stack/state";
import type { Target } from "../../../engine/stack/target";
import { UserError } from "../../../lib/userError";
import type { Invocation } from "../../core/command";
import { accessTo } from "../access";
import { askCloudCli } from "../cloudCli";
import { InClusterBackups } from "./inCluster";
import { ManagedBackups } from "./managed";
import type { BackupSource } from "./source";

/** What backups can be of. */
const backedUpStores = ["postgres", "redis"] as const;

/** The option of the commands that says which. */
export const storeOption = {
  flags: "--of <store>",
  description: "the store that the backups are of; Redis has some only where AWS runs it",
  default: "postgres",
  choices: [...backedUpStores],
};

/** The stores that the cloud of a stack runs for it, as its state says. */
export function managedStores({ cloud }: Pick<Target, "cloud">, state: readonly StateEntry[]): readonly ManagedStore[] {
  return (cloud && (clouds[cloud] as CloudModule).deployed()?.storesIn?.(state)) || [];
}

/**
 * Lets `work` use the backups of a store of the stack that a command names: the cloud's where the stack's state has a
 * store that the cloud runs, else those that the cluster makes itself.
 * @throws UserError where there can be none
 */
export async function withBackups<T>(
  { io, target, options }: Pick<Invocation, "io" | "target" | "options">,
  work: (source: BackupSource) => Promise<T>,
): Promise<T> {
  const store = options.of as (typeof backedUpStores)[number];
  const managed = (await storesOf(target, io.signal)).find((one) => one.store === store);
  if (managed) return work(new ManagedBackups(managed, askCloudCli));
  if (store === "redis")
    throw new UserError(
      `${target.stack} has no Redis whose backups could be listed or made`,
      "a Redis in the cluster keeps its data on its own volume; the owner of one of somebody else's has its backups",
    );
  const { kubectl, close } = await accessTo(target, { signal: io.signal, note: io.note });
  try {
    return await work(new InClusterBackups(kubectl));
  } finally {
    close();
  }
}

/** Only a stack with a cloud of its own is asked for its state: it takes the Pulumi CLI some seconds. */
async function storesOf(target: Target, signal: AbortSignal): Promise<readonly ManagedStore[]> {
  if (!target.cloud) return [];
  const exported = await (await StackState.open(target, signal)).exported();
  return managedStores(target, exported?.deployment?.resources ?? []);
}

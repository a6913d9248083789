import type { Invocation } from "../../core/command";
import { accessTo } from "../access";
import { InClusterBackups } from "./inCluster";
import type { BackupSource } from "./source";

/** Lets `work` use the backups of the stack that a command names. */
export async function withBackups<T>(
  { io, target }: Pick<Invocation, "io" | "target">,
  work: (source: BackupSource) => Promise<T>,
): Promise<T> {
  const { kubectl, close } = await accessTo(target, { signal: io.signal, note: io.note });
  try {
    return await work(new InClusterBackups(kubectl));
  } finally {
    close();
  }
}

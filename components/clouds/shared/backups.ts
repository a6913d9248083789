import type { Run, StateEntry } from "./deployed";

/** One backup that a cloud keeps. */
export interface ManagedBackup {
  /** As a restore names it. */
  readonly name: string;
  /** Who made it: the cloud by its schedule, somebody by hand, or the cloud when its server was deleted. */
  readonly type: "automated" | "manual" | "final";
  readonly state: "ready" | "creating" | "failed";
  readonly startedAt: Date;
  /** Undefined where the cloud does not tell it, or it is still being made. */
  readonly endedAt?: Date;
  /** Undefined where the cloud does not tell it. */
  readonly bytes?: number;
  /** What the cloud says of one that failed. */
  readonly why?: string;
}

/** What a cloud keeps of one store. */
export interface ManagedBackups {
  /** Oldest first. */
  readonly backups: readonly ManagedBackup[];
  /** Between these every second can be restored; undefined where the store has no log of its own. */
  readonly restorable?: { readonly from: Date; readonly to: Date };
  /** When the store was made; undefined where the cloud does not tell it. */
  readonly madeAt?: Date;
}

/** The backups of one store that a cloud runs for a stack. */
export interface ManagedStore {
  readonly store: "postgres" | "redis";
  /** `RDS instance postgres-1a2b3c4d` */
  readonly what: string;
  /** Why there is nothing to list or to make; undefined where there is. */
  readonly none?: { readonly why: string; readonly todo: string };
  /** @throws CloudCliError */
  readonly list: (run: Run) => Promise<ManagedBackups>;
  /**
   * Begins one, and does not wait for it.
   * @param at the time that a name is made of
   * @returns its name, as `list` has it
   * @throws CloudCliError
   */
  readonly make: (run: Run, at: Date) => Promise<string>;
}

/** Finds the stores of a stack in its state. */
export type StoresIn = (state: readonly StateEntry[]) => readonly ManagedStore[];

/** Sorted as a list of backups is: oldest first. */
export function oldestFirst(backups: readonly ManagedBackup[]): ManagedBackup[] {
  return [...backups].sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
}

/** `20261130-194825` of a time in UTC, as names of backups have it. */
export function stampOf(at: Date): string {
  return at.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
}

/**
 * The server of a kind that a stack's apps use: the one whose value its component names. The state may hold another one
 * beside it, and one that only waits to be deleted.
 *
 * @param types of the servers and of the component around them
 * @param same the output of a server that the component's output of that name repeats
 */
export function serverInUse(
  state: readonly StateEntry[],
  types: { readonly server: string; readonly component: string },
  same: { readonly server: string; readonly component: string },
): Readonly<Record<string, unknown>> | undefined {
  const servers = state.filter(({ type, delete: goes }) => type === types.server && !goes);
  const wanted = state.find(({ type, delete: goes }) => type === types.component && !goes)?.outputs?.[same.component];
  const found = servers.find(({ outputs }) => wanted !== undefined && outputs?.[same.server] === wanted) ?? servers[0];
  return found && { ...found.inputs, ...found.outputs };
}

import type { ManagedBackup } from "../../../components/clouds/shared/backups";
import type { BackupType } from "../../../components/data/backup/scripts";

/** One backup of a store of a stack. */
export interface Backup {
  /** As a restore names it. */
  readonly name: string;
  /** How much is in it, of pgBackRest; who made it, of a cloud, whose backups each have everything. */
  readonly type: "full" | "differential" | "incremental" | ManagedBackup["type"];
  readonly state: ManagedBackup["state"];
  readonly startedAt: Date;
  /** Undefined where the cloud does not tell it, or it is still being made. */
  readonly endedAt?: Date;
  /** Bytes of the database; undefined where the cloud does not tell them. */
  readonly bytes?: number;
  /** Bytes that they take in the repository; undefined where the cloud does not tell them. */
  readonly storedBytes?: number;
  /** Why it failed. */
  readonly why?: string;
  /** When it was last read again as a whole; undefined where it was not. */
  readonly verifiedAt?: Date;
  /** The last drill that restored it. */
  readonly drill?: { readonly verdict: string; readonly at: Date; readonly seconds: number };
}

/** All backups of a store of a stack, and up to when one can go back. */
export interface BackupList {
  /** What they are of, where a cloud makes them: `RDS instance postgres-1a2b3c4d`. */
  readonly of?: string;
  /** Oldest first. */
  readonly backups: readonly Backup[];
  /** The first and the last second that can be restored; undefined without any. */
  readonly restorable?: { readonly from: Date; readonly to: Date };
}

/** Where a stack's backups are: pgBackRest for a server in the cluster, the cloud for what it manages. */
export interface BackupSource {
  list(signal: AbortSignal): Promise<BackupList>;
  /**
   * Makes one, and waits for it.
   * @param type what a backup has in it; undefined for what is usual
   * @param report says how far it is
   */
  make(type: BackupType | undefined, report: (line: string) => void, signal: AbortSignal): Promise<Made>;
}

/** What was made, and what there is with it. */
export interface Made {
  /** Undefined where it ended well and is not in the list. */
  readonly made: Backup | undefined;
  readonly list: BackupList;
}

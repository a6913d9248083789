import type { BackupType } from "../../../components/data/backup/scripts";

/** One backup of a stack's database. */
export interface Backup {
  /** As a restore names it. */
  readonly name: string;
  readonly type: "full" | "differential" | "incremental";
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** Bytes of the database, and what they take in the repository. */
  readonly bytes: number;
  readonly storedBytes: number;
  /** When it was last read again as a whole; undefined where it was not. */
  readonly verifiedAt?: Date;
  /** The last drill that restored it. */
  readonly drill?: { readonly verdict: string; readonly at: Date; readonly seconds: number };
}

/** All backups of a stack's database, and up to when one can go back. */
export interface BackupList {
  /** Oldest first. */
  readonly backups: readonly Backup[];
  /** The end of the oldest backup, and the newest part of the log in the archive; undefined without any. */
  readonly restorable?: { readonly from: Date; readonly to: Date };
}

/** Where a stack's backups are: pgBackRest for a server in the cluster. A cloud brings its own for what it manages. */
export interface BackupSource {
  list(signal: AbortSignal): Promise<BackupList>;
  /** Makes one, and waits for it. @param report says how far it is */
  make(type: BackupType, report: (line: string) => void, signal: AbortSignal): Promise<BackupList>;
}

import { formatBytes } from "../amounts";
import type { Backup, BackupList } from "./source";

/** The rows for a person, oldest first, and how far back one can go. */
export function backupLines({ backups, restorable }: BackupList): string[] {
  if (backups.length === 0) return ["there is no backup yet"];
  const rows = [["backup", "type", "ended", "database", "stored", "verified", "drill"], ...backups.map(rowOf)];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return [
    ...rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    ),
    ...(restorable
      ? ["", `a restore can go back to any second from ${at(restorable.from)} to ${at(restorable.to)}`]
      : []),
  ];
}

/** What was made, in one line. */
export function madeLine(backup: Backup): string {
  const seconds = Math.round((backup.endedAt.getTime() - backup.startedAt.getTime()) / 1000);
  return `${backup.name}: ${backup.type}, ${formatBytes(backup.bytes)}, ${formatBytes(backup.storedBytes)} stored, ${seconds} s, read again and whole`;
}

/** The same for a script. */
export function backupsJson({ backups, restorable }: BackupList): object {
  return { backups: backups.map(backupJson), restorable: restorable ?? null };
}

export function backupJson({ verifiedAt, drill, ...backup }: Backup): object {
  return { ...backup, verifiedAt: verifiedAt ?? null, drill: drill ?? null };
}

function rowOf({ name, type, endedAt, bytes, storedBytes, verifiedAt, drill }: Backup): string[] {
  const drilled = drill ? `${drill.verdict} ${at(drill.at)} (${drill.seconds} s)` : "-";
  return [
    name,
    type,
    at(endedAt),
    formatBytes(bytes),
    formatBytes(storedBytes),
    verifiedAt ? at(verifiedAt) : "-",
    drilled,
  ];
}

/** A time in UTC, to the second. */
const at = (time: Date) => `${time.toISOString().slice(0, 19).replace("T", " ")}Z`;

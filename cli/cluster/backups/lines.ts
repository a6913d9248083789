import { inColumns } from "../../../lib/columns";
import { formatBytes } from "../amounts";
import type { Backup, BackupList } from "./source";

/** The rows for a person, oldest first, and how far back one can go. */
export function backupLines({ of, backups, restorable }: BackupList): string[] {
  const range = restorable
    ? [`a restore can go back to any second from ${at(restorable.from)} to ${at(restorable.to)}`]
    : [];
  if (backups.length === 0) return [`there is no backup yet${of ? ` of ${of}` : ""}`, ...range];
  const columns = of ? managedColumns : ownColumns;
  const rows = [Object.keys(columns), ...backups.map((backup) => Object.values(columns).map((cell) => cell(backup)))];
  return [...(of ? [of] : []), ...inColumns(rows), ...(range.length > 0 ? ["", ...range] : [])];
}

/** What was made, in one line. */
export function madeLine(backup: Backup): string {
  const { name, type, startedAt, endedAt, bytes, storedBytes, verifiedAt } = backup;
  return `${name}: ${[
    type,
    ...(bytes === undefined ? [] : [formatBytes(bytes)]),
    ...(storedBytes === undefined ? [] : [`${formatBytes(storedBytes)} stored`]),
    ...(endedAt ? [`${Math.round((endedAt.getTime() - startedAt.getTime()) / 1000)} s`] : []),
    verifiedAt || storedBytes !== undefined ? "read again and whole" : "ready",
  ].join(", ")}`;
}

/** The same for a script. */
export function backupsJson({ of, backups, restorable }: BackupList): object {
  return { ...(of && { of }), backups: backups.map(backupJson), restorable: restorable ?? null };
}

export function backupJson({ endedAt, bytes, storedBytes, verifiedAt, drill, ...backup }: Backup): object {
  return {
    ...backup,
    endedAt: endedAt ?? null,
    bytes: bytes ?? null,
    storedBytes: storedBytes ?? null,
    verifiedAt: verifiedAt ?? null,
    drill: drill ?? null,
  };
}

type Columns = Readonly<Record<string, (backup: Backup) => string>>;

/** What a server of the cloud tells: nobody reads those backups again but a restore. */
const managedColumns: Columns = {
  backup: ({ name }) => name,
  type: ({ type }) => type,
  begun: ({ startedAt }) => at(startedAt),
  size: ({ bytes }) => sizeOf(bytes),
  state: ({ state, why }) => (why ? `${state} (${why})` : state),
};

const ownColumns: Columns = {
  backup: ({ name }) => name,
  type: ({ type }) => type,
  ended: ({ endedAt }) => (endedAt ? at(endedAt) : "-"),
  database: ({ bytes }) => sizeOf(bytes),
  stored: ({ storedBytes }) => sizeOf(storedBytes),
  verified: ({ verifiedAt }) => (verifiedAt ? at(verifiedAt) : "-"),
  drill: ({ drill }) => (drill ? `${drill.verdict} ${at(drill.at)} (${drill.seconds} s)` : "-"),
};

const sizeOf = (bytes: number | undefined) => (bytes === undefined ? "-" : formatBytes(bytes));

/** A time in UTC, to the second. */
const at = (time: Date) => `${time.toISOString().slice(0, 19).replace("T", " ")}Z`;

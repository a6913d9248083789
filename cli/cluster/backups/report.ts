import { UserError } from "../../../lib/userError";
import type { Backup, BackupList } from "./source";

/** What pgBackRest 2.45 and later say of a repository (`info --output=json`), as far as it is read. */
interface Info {
  readonly status: { readonly code: number; readonly message: string };
  readonly backup: readonly {
    readonly label: string;
    readonly type: string;
    readonly timestamp: { readonly start: number; readonly stop: number };
    readonly info: { readonly size: number; readonly repository: { readonly delta: number } };
    readonly annotation?: Readonly<Record<string, string>>;
  }[];
}

const types: Readonly<Record<string, Backup["type"]>> = { full: "full", diff: "differential", incr: "incremental" };

/** pgBackRest's codes of a repository without backups: no stanza, no data. Every other one but 0 is an error. */
const empty = [1, 2, 3];

/**
 * Reads the one line of JSON that a job prints at its end.
 * @throws UserError where there is none, or it tells of a repository that cannot be read
 */
export function backupsIn(log: string): BackupList {
  const [line] = log.split("\n").filter((one) => one.startsWith('{"message":"backups"'));
  if (!line)
    throw new UserError(`the job has not said which backups there are: ${log.trim().slice(-300)}`, "read its log");
  const { info, newest } = JSON.parse(line) as { info: readonly Info[]; newest: Record<string, { time: number }> };
  const [repository] = info;
  if (!repository || empty.includes(repository.status.code)) return { backups: [] };
  if (repository.status.code !== 0)
    throw new UserError(
      `the repository cannot be read: ${repository.status.message}`,
      "look at its keys (postgres.backup.repository, postgres.backup.encryptionKey) and at its server",
    );
  const backups = repository.backup.map(backupOf);
  const [archived] = Object.values(newest);
  const [first] = backups;
  if (!first?.endedAt || !archived) return { backups };
  return { backups, restorable: { from: first.endedAt, to: date(archived.time) } };
}

function backupOf({ label, type, timestamp, info, annotation = {} }: Info["backup"][number]): Backup {
  const { verified, drill, "drill-at": at, "drill-seconds": seconds } = annotation;
  return {
    name: label,
    type: types[type] ?? "full",
    state: "ready",
    startedAt: date(timestamp.start),
    endedAt: date(timestamp.stop),
    bytes: info.size,
    storedBytes: info.repository.delta,
    ...(verified && { verifiedAt: new Date(verified) }),
    ...(drill && at && { drill: { verdict: drill, at: new Date(at), seconds: Number(seconds ?? 0) } }),
  };
}

const date = (seconds: number) => new Date(seconds * 1000);

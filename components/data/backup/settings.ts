import { z } from "zod";
import type { SettingsContext } from "../../schema/context";
import { Problem, show, text, whole } from "../../schema/fields";
import type { SettingsOf } from "../../schema/sealed";
import { parseCron, timeZone } from "../../schema/values/cron";
import { resources } from "../../schema/values/resources";
import { serverNumber } from "../servers/number";
import { repository, secretLine } from "./repositorySettings";
import { restoreFieldsOf } from "./restoreSettings";

/** Characters of the key: 32 of base64 are 192 bits, more than AES-256 gains from. */
const shortestKey = 32;

/** A schedule that there may be none of. */
const schedule = (meaning: string) =>
  text((value) => (value === "none" ? value : parseCron(value))).describe(
    `${meaning}. Minute, hour, day of month, month, day of week (Sunday is 0), or \`none\``,
  );

/** How long backups are kept. The log between them is kept as long as the oldest full one. */
const keep = z
  .strictObject({
    count: whole(1, 1000)
      .optional()
      .describe("full backups that are kept, each with what builds on it; default: 4, without `days`"),
    days: whole(1, 3660).optional().describe("days for which one can go back; the full backup before them stays"),
  })
  .superRefine(({ count, days }, issues) => {
    if ((count === undefined) === (days === undefined))
      issues.addIssue({ code: "custom", message: "needs one of count and days; give the one that is meant" });
  })
  .prefault({ count: 4 });

/** A backup as pgBackRest names it. */
function parseBackupName(value: string): string {
  if (/^\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$/.test(value)) return value;
  throw new Problem(`${show(value)} is not the name of a backup; write it as switchboard backups shows it`);
}

/** A second in UTC, as Postgres and everybody else reads it. */
const secondOfPostgres = (time: Date) => `${time.toISOString().slice(0, 23).replace("T", " ")}+00`;

/** Which backup, and up to when. */
export const restoreFields = {
  ...restoreFieldsOf({
    backup: parseBackupName,
    second: secondOfPostgres,
    words: {
      backup: "name of a backup, as `switchboard backups` shows it; default: the newest one before `time`",
      time: "second up to which the log is replayed, e.g. `2026-11-30T19:48:25Z`; default: the end of `backup`, else all that the archive has",
    },
  }),
  of: serverNumber()
    .optional()
    .describe("number of the server whose backups are meant; default: the one that the apps use"),
};

/** What an empty volume is filled with. */
const restore = z
  .strictObject(restoreFields)
  .optional()
  .describe(
    "restores into an empty volume instead of making a new database, also in a new stack. A volume with data stays as it is; default: no restore",
  );

/** Backups of a server in the cluster, by pgBackRest. */
const given = (context: SettingsContext) =>
  z.strictObject({
    repository: repository(context),
    encryptionKey: secretLine(
      "text that everything in the repository is encrypted with (AES-256). Keep a copy outside the stack: without it no backup can be read, and it cannot change",
      shortestKey,
    ),
    full: text(parseCron)
      .prefault("10 2 * * 0")
      .describe("when a full backup is made. Minute, hour, day of month, month, day of week (Sunday is 0)"),
    differential: schedule("when a backup is made of what has changed since the last full one").prefault(
      "10 2 * * 1-6",
    ),
    timeZone: timeZone().prefault("Etc/UTC").describe("IANA name of the time zone of the schedules"),
    keep,
    drill: schedule(
      "when a drill restores the newest backup into a server of its own, and compares it with the live one",
    ).prefault("40 4 * * 0"),
    restore,
    resources: resources({ cpu: "50m", memory: "128Mi" }),
  });

/** The backups in the settings of a Postgres. */
export const backup = (context: SettingsContext) =>
  given(context).optional().describe("backups and the archive of the write-ahead log, by pgBackRest; default: none");

export type BackupSettings = SettingsOf<typeof given>;

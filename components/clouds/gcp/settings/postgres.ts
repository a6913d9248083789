import { z } from "zod";
import { pooler } from "../../../data/pooler/settings";
import { besideServer, refuseSameServer, serverInUse } from "../../../data/servers/managed";
import type { SettingsContext } from "../../../schema/context";
import { choice, flag, Problem, show, text, whole } from "../../../schema/fields";
import type { SettingsOf } from "../../../schema/sealed";
import { type Image, image } from "../../../schema/values/image";
import { databaseFlags, maintenanceDay, maintenanceHour, tierProblem, timeOfDay } from "./dataValues";

/** Days of transaction logs that an edition keeps (https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr). */
const mostLogDays = { ENTERPRISE: 7, ENTERPRISE_PLUS: 35 } as const;
/** The first proxy that knows `--enable-builtin-metrics`, which is given to every one. */
const leastProxy = [2, 27] as const;

const backups = z
  .strictObject({
    start: timeOfDay().prefault("01:00").describe("when the daily backup may begin, in UTC"),
    retained: whole(1, 365).prefault(14).describe("daily backups that are kept"),
    transactionLogDays: whole(1, 35, " days")
      .prefault(7)
      .describe("days back to which every second can be restored; at most 7 with edition `ENTERPRISE`"),
    finalDays: whole(0, 365, " days")
      .prefault(30)
      .describe("days that a last backup, and the daily ones, outlive a deleted server; 0 deletes them with it"),
  })
  .prefault({});

const maintenance = z
  .strictObject({
    day: maintenanceDay("sunday"),
    hour: maintenanceHour(),
    track: choice(["canary", "stable", "week5"])
      .prefault("stable")
      .describe("how long after their notice updates come: `canary` one week, `stable` two, `week5` five"),
  })
  .prefault({});

/** The number of a backup. The provider takes it as a number, which is exact up to 15 digits. */
function parseBackup(value: string): string {
  if (/^[1-9]\d{0,14}$/.test(value)) return value;
  throw new Problem(
    `${show(value)} is not the number of a backup; write it in quotes, as switchboard backups shows it`,
  );
}

/** A server of Cloud SQL is restored from a backup of the server in use, or is a clone of it. */
const restoreForm = {
  backup: parseBackup,
  second: (time: Date) => time.toISOString(),
  words: {
    backup: "number of a backup of the server in use, as `switchboard backups` shows it, in quotes",
    time: "second of the past of the server in use, e.g. `2026-11-30T19:48:25Z`",
  },
};

/** Postgres of Google Cloud SQL. */
export const cloudSqlPostgres = (context: SettingsContext) =>
  z
    .strictObject({
      kind: z.literal("cloudSql").describe("`cloudSql`: Postgres of Google Cloud SQL"),
      image: image(context, "`psql` 15 or newer, for the jobs that make roles and end old passwords"),
      version: choice(["15", "16", "17", "18"])
        .prefault("17")
        .describe("major version; minor ones come by themselves in the maintenance window"),
      edition: choice(["ENTERPRISE", "ENTERPRISE_PLUS"])
        .prefault("ENTERPRISE")
        .describe("`ENTERPRISE_PLUS` has machines of its own, 35 days of restore and maintenance within a second"),
      tier: text()
        .prefault("db-custom-2-7680")
        .describe("machine type: vCPUs and memory in MiB, or `db-perf-optimized-N-<vCPUs>` with `ENTERPRISE_PLUS`"),
      highAvailability: flag()
        .prefault(true)
        .describe("a second server in another zone that takes over within a minute or two; doubles the price"),
      diskGiB: whole(10, 65_536, " GiB")
        .prefault(20)
        .describe("size of the disk at the start; it grows by itself and never shrinks"),
      maxDiskGiB: whole(10, 65_536, " GiB").prefault(100).describe("most that the disk grows to by itself"),
      backups,
      maintenance,
      parameters: databaseFlags().describe("further database flags, by name"),
      maxConnections: whole(14, 10_000)
        .prefault(100)
        .describe("most connections at once; a change restarts the server"),
      connection: choice(["direct", "authProxy"])
        .prefault("direct")
        .describe(
          "`authProxy`: through Google's proxy beside each container, which proves the pod by its IAM identity",
        ),
      proxyOnly: flag()
        .prefault(true)
        .describe(
          "with `authProxy`: refuse all other connections. Set it to false for the `up` that changes from `direct`, so that running pods keep theirs",
        ),
      proxyImage: image(context, "Google's proxy, 2.27 or newer").prefault(
        "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0",
      ),
      passwordGeneration: whole(1, 1_000_000)
        .prefault(1)
        .describe("raise it by one to give the apps that use it and the administrator a new password"),
      pooler: pooler(context),
      server: serverInUse(),
      beside: besideServer(restoreForm),
    })
    .superRefine((settings, issues) => {
      const { edition, tier, diskGiB, maxDiskGiB, proxyImage } = settings;
      const { retained, transactionLogDays } = settings.backups;
      refuseSameServer(settings, issues);
      const wrong = (message: string | undefined, ...path: string[]) => {
        if (message) issues.addIssue({ code: "custom", path, message });
      };
      wrong(tierProblem(tier, edition), "tier");
      if (maxDiskGiB < diskGiB)
        wrong(`${maxDiskGiB} is below diskGiB (${diskGiB}); use ${diskGiB} or more`, "maxDiskGiB");
      const most = mostLogDays[edition];
      if (transactionLogDays > most) {
        wrong(
          `${transactionLogDays} is more than the ${most} days of edition ${edition}; use at most ${most}${edition === "ENTERPRISE" ? ", or edition ENTERPRISE_PLUS" : ""}`,
          "backups",
          "transactionLogDays",
        );
      }
      // A restore starts from a backup and goes on with the logs after it.
      if (transactionLogDays > retained) {
        wrong(
          `${retained} daily backups are fewer than transactionLogDays (${transactionLogDays}), so its first days could not be restored; use ${transactionLogDays} or more`,
          "backups",
          "retained",
        );
      }
      wrong(proxyProblem(proxyImage), "proxyImage");
    });

/** What is wrong with a proxy whose version its tag tells. */
function proxyProblem({ reference }: Image): string | undefined {
  const [, major, minor] = /:(\d+)\.(\d+)\.\d+[^/]*$/.exec(reference) ?? [];
  if (major === undefined) return undefined;
  const known = Number(major) === leastProxy[0] && Number(minor) >= leastProxy[1];
  return known
    ? undefined
    : `version ${major}.${minor} is not one that this program knows the options of; use 2.27 or newer 2.x`;
}

export type CloudSqlPostgresSettings = SettingsOf<typeof cloudSqlPostgres>;

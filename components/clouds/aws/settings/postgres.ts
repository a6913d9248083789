import { z } from "zod";
import { pooler } from "../../../data/pooler/settings";
import { besideServer, refuseSameServer, serverInUse } from "../../../data/servers/managed";
import type { SettingsContext } from "../../../schema/context";
import { flag, Problem, show, whole } from "../../../schema/fields";
import type { SettingsOf } from "../../../schema/sealed";
import { image } from "../../../schema/values/image";
import { logRetention } from "./logRetention";
import { groupParameters } from "./parameterGroup";
import { instanceClass, version } from "./servers";
import { dailyWindow, weeklyWindow, windowsOverlap } from "./windows";

/** RDS asks for half an hour for each of its windows. */
const leastMinutes = 30;

/** The name of a snapshot: of this account, an automated one with its `rds:`, or the ARN of one that is shared. */
function parseSnapshot(value: string): string {
  const name = /^(rds:|awsbackup:)?[A-Za-z](-?[A-Za-z0-9])*$/.test(value) && value.length <= 255;
  if (name || /^arn:aws[\w-]*:rds:[\w-]+:\d{12}:snapshot:[\w:-]+$/.test(value)) return value;
  throw new Problem(`${show(value)} is not the name of a snapshot; write it as switchboard backups shows it`);
}

/** A server of RDS is restored from a snapshot, or from the log of the server in use. */
const restoreForm = {
  backup: parseSnapshot,
  second: (time: Date) => `${time.toISOString().slice(0, 19)}Z`,
  words: {
    backup: "name of a snapshot, as `switchboard backups` shows it, or the ARN of another account's",
    time: "second of the past of the server in use, e.g. `2026-11-30T19:48:25Z`",
  },
};

/** Postgres of Amazon RDS. */
export const rdsPostgres = (context: SettingsContext) =>
  z
    .strictObject({
      kind: z.literal("rds").describe("`rds`: Postgres of Amazon RDS"),
      image: image(context, "`psql` 15 or newer, for the jobs that make roles and end old passwords"),
      // Older ones are without standard support, and this server refuses the extended one, which costs more by the hour.
      version: version(["15", "16", "17", "18"])
        .prefault("17")
        .describe("major version, 15 to 18; minor ones come by themselves in the maintenance window"),
      instanceClass: instanceClass().prefault("db.t4g.medium").describe("size of the server"),
      highAvailability: flag()
        .prefault(true)
        .describe("a second server in another zone that takes over within a minute or two; doubles the price"),
      diskGiB: whole(20, 65_536, " GiB").prefault(20).describe("size of the disk; it can grow, never shrink"),
      maxDiskGiB: whole(20, 65_536, " GiB").prefault(100).describe("most that the disk grows to by itself"),
      backups: z
        .strictObject({
          days: whole(7, 35, " days").prefault(14).describe("days back to which every second can be restored"),
          window: dailyWindow(leastMinutes).prefault("02:00-03:00").describe("when the daily snapshot is made, in UTC"),
        })
        .prefault({}),
      maintenanceWindow: weeklyWindow(leastMinutes)
        .prefault("sun:04:00-sun:05:00")
        .describe("when Amazon may restart the server for updates, in UTC"),
      blueGreenUpdates: flag()
        .prefault(false)
        .describe(
          "change version, size and parameters on a copy that then takes over within a minute. You pay for both meanwhile. A new major version needs it",
        ),
      parameters: groupParameters().describe(
        "further parameters of Postgres, by name, as a parameter group takes them",
      ),
      maxConnections: whole(10, 10_000)
        .prefault(100)
        .describe("most connections at once; a change waits for a restart of the server"),
      logRetentionDays: logRetention().prefault(90).describe("days that the server's logs are kept"),
      passwordGeneration: whole(1, 1_000_000)
        .prefault(1)
        .describe("raise it by one to give the apps that use it a new password"),
      pooler: pooler(context),
      server: serverInUse(),
      beside: besideServer(restoreForm),
    })
    .superRefine((settings, context) => {
      const { diskGiB, maxDiskGiB, backups, maintenanceWindow } = settings;
      refuseSameServer(settings, context);
      // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html: at least 10 % more.
      const least = Math.ceil(diskGiB * 1.1);
      if (maxDiskGiB < least)
        context.addIssue({
          code: "custom",
          path: ["maxDiskGiB"],
          message: `${maxDiskGiB} leaves no room to grow; use at least ${least}, which is a tenth more than diskGiB (${diskGiB})`,
        });
      if (windowsOverlap(backups.window, maintenanceWindow))
        context.addIssue({
          code: "custom",
          path: ["maintenanceWindow"],
          message: `${show(maintenanceWindow)} overlaps backups.window ${show(backups.window)}, which Amazon refuses; use another time`,
        });
    });

export type RdsPostgresSettings = SettingsOf<typeof rdsPostgres>;

import { z } from "zod";
import type { SettingsContext } from "../../../schema/context";
import { show, whole } from "../../../schema/fields";
import type { SettingsOf } from "../../../schema/sealed";
import { logRetention } from "./logRetention";
import { nodeType, version } from "./servers";
import { dailyWindow, weeklyWindow, windowsOverlap } from "./windows";

/** ElastiCache asks for an hour for each of its windows. */
const leastMinutes = 60;

/** Valkey of Amazon ElastiCache, which speaks the protocol of Redis. */
export const elastiCacheRedis = (_context: SettingsContext) =>
  z
    .strictObject({
      kind: z.literal("elastiCache").describe("`elastiCache`: Valkey of Amazon ElastiCache, in the place of Redis"),
      version: version(["7.2", "8.0", "8.1", "8.2"])
        .prefault("8.1")
        .describe("version of Valkey: 7.2, 8.0, 8.1 or 8.2; it can rise, never fall"),
      nodeType: nodeType().prefault("cache.t4g.small").describe("size of each server"),
      replicas: whole(0, 5)
        .prefault(1)
        .describe("servers in other zones that can take over; with 0 every maintenance is an outage that loses data"),
      snapshots: z
        .strictObject({
          days: whole(1, 35, " days").prefault(7).describe("days that each daily snapshot is kept"),
          window: dailyWindow(leastMinutes).prefault("02:00-03:00").describe("when it is made, in UTC"),
        })
        .prefault({}),
      maintenanceWindow: weeklyWindow(leastMinutes)
        .prefault("sun:04:00-sun:05:00")
        .describe("when Amazon may exchange servers for updates, in UTC"),
      logRetentionDays: logRetention().prefault(90).describe("days that the servers' logs are kept"),
      passwordGeneration: whole(1, 1_000_000)
        .prefault(1)
        .describe("raise it by one to give the apps that use it a new password"),
    })
    .superRefine(({ snapshots, maintenanceWindow }, context) => {
      if (!windowsOverlap(snapshots.window, maintenanceWindow)) return;
      context.addIssue({
        code: "custom",
        path: ["maintenanceWindow"],
        message: `${show(maintenanceWindow)} overlaps snapshots.window ${show(snapshots.window)}, which Amazon refuses; use another time`,
      });
    });

export type ElastiCacheRedisSettings = SettingsOf<typeof elastiCacheRedis>;

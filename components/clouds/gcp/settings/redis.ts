import { z } from "zod";
import type { SettingsContext } from "../../../schema/context";
import { choice, flag, whole } from "../../../schema/fields";
import type { SettingsOf } from "../../../schema/sealed";
import { maintenanceDay, maintenanceHour } from "./dataValues";

/** Redis of Google Memorystore. There is no generation of passwords: Google makes the one there is. */
export const memorystoreRedis = (_context: SettingsContext) =>
  z.strictObject({
    kind: z.literal("memorystore").describe("`memorystore`: Redis of Google Memorystore"),
    // https://cloud.google.com/memorystore/docs/redis/supported-versions; older ones are behind what the job queue wants.
    version: choice(["7.0", "7.2"]).prefault("7.2").describe("version of Redis; it can rise, never fall"),
    highAvailability: flag()
      .prefault(true)
      .describe("a second server in another zone that takes over; without it every maintenance is an outage"),
    memoryGiB: whole(1, 300, " GiB")
      .prefault(1)
      .describe("memory of the server; four fifths are for data, the rest is for buffers and the copy while it saves"),
    snapshots: choice(["ONE_HOUR", "SIX_HOURS", "TWELVE_HOURS", "TWENTY_FOUR_HOURS", "OFF"])
      .prefault("ONE_HOUR")
      .describe("how often everything is written to disk, from where it is read when all servers were lost"),
    maintenance: z.strictObject({ day: maintenanceDay("saturday"), hour: maintenanceHour() }).prefault({}),
  });

export type MemorystoreRedisSettings = SettingsOf<typeof memorystoreRedis>;

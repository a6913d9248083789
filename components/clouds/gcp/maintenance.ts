import type { ClusterArgs } from "@pulumi/gcp/container/cluster";
import type { GkeClusterSettings } from "./settings/cluster";

/** A Monday: the window is counted from its first day on or after it, and stays what it is whenever it is computed. */
const anchor = Date.UTC(2024, 0, 1);
const day = 86_400_000;
const week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** When Google may upgrade the cluster, in GKE's words (all times are UTC, which GKE gives back). */
export function maintenancePolicy(settings: GkeClusterSettings["maintenance"]): ClusterArgs["maintenancePolicy"] {
  const days = settings.days.map((name) => week.indexOf(name)).sort((a, b) => a - b);
  const [hours, minutes] = settings.start.split(":").map(Number) as [number, number];
  const start = anchor + days[0]! * day + (hours * 60 + minutes) * 60_000;
  const byDay = days.map((index) => week[index]!.slice(0, 2).toUpperCase()).join(",");
  const exclusions = Object.entries(settings.exclusions).map(([exclusionName, { start, end, scope }]) => ({
    exclusionName,
    startTime: start,
    endTime: end,
    exclusionOptions: { scope },
  }));
  return {
    recurringWindow: {
      startTime: moment(start),
      endTime: moment(start + settings.hours * 3_600_000),
      recurrence: days.length === 7 ? "FREQ=DAILY" : `FREQ=WEEKLY;BYDAY=${byDay}`,
    },
    maintenanceExclusions: exclusions.length > 0 ? exclusions : undefined,
  };
}

function moment(time: number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}

import { CronExpressionParser } from "cron-parser";
import { Problem, show, text } from "../fields";
import { nearest } from "../nearest";

/** The five fields of a schedule as the CronJob controller reads them (robfig/cron: Sunday is 0, never 7). */
const fields = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of month", least: 1, most: 31 },
  { name: "month", least: 1, most: 12 },
  { name: "day of week", least: 0, most: 6 },
] as const;
const dayNames = /\b(sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b/gi;

/** A schedule of five fields: minute, hour, day of month, month, day of week. */
export function parseCron(value: string): string {
  const parts = value.trim().split(/\s+/);
  const form = 'write five fields (minute hour day month weekday), e.g. "17 3 * * *"';
  if (parts.length !== fields.length) {
    const seconds = parts.length === 6 ? " (seconds cannot be given)" : "";
    throw new Problem(`${show(value)} has ${parts.length} field${parts.length === 1 ? "" : "s"}${seconds}; ${form}`);
  }
  parts.forEach((part, index) => {
    const { name, least, most } = fields[index]!;
    if (!/^[\d*,/?-]+$/.test(part.replace(dayNames, "0")))
      throw new Problem(`${name} ${show(part)} is not understood; ${form}`);
    for (const number of part.replace(/\/(\d+)/g, (_all, step) => checkStep(name, step)).match(/\d+/g) ?? []) {
      if (Number(number) >= least && Number(number) <= most) continue;
      const sunday = name === "day of week" && number === "7" ? "; Sunday is 0" : `; ${form}`;
      throw new Problem(`${name} ${number} is out of ${least}–${most}${sunday}`);
    }
  });
  try {
    CronExpressionParser.parse(value);
  } catch (error) {
    throw new Problem(`${show(value)} is not a schedule (${(error as Error).message}); ${form}`);
  }
  return parts.join(" ");
}

function checkStep(name: string, step: string): string {
  if (Number(step) === 0) throw new Problem(`${name} has a step of 0; use 1 or more`);
  return "";
}

/** An IANA time zone, spelled as the zone database spells it, because the cluster's look-up minds the case. */
export function parseTimeZone(value: string): string {
  const todo = 'use a name of the IANA database, e.g. "Etc/UTC" or "Europe/Berlin"';
  let canonical: string;
  try {
    if (!/^[A-Za-z]/.test(value)) throw new RangeError("an offset has no summer time");
    canonical = new Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone;
  } catch {
    const near = nearest(value, Intl.supportedValuesOf("timeZone"));
    throw new Problem(`${show(value)} is not a time zone; ${near ? `did you mean "${near}"?` : todo}`);
  }
  if (canonical !== value && canonical.toLowerCase() === value.toLowerCase()) {
    throw new Problem(`${show(value)} is not spelled as in the IANA database; did you mean "${canonical}"?`);
  }
  return value;
}

export const cron = () => text(parseCron);
export const timeZone = () => text(parseTimeZone);

import { Problem, show, text } from "../../../schema/fields";

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const dayMinutes = 24 * 60;
const weekMinutes = 7 * dayMinutes;
const clock = "([01]\\d|2[0-3]):([0-5]\\d)";
const dailyForm = new RegExp(`^${clock}-${clock}$`);
const weeklyForm = new RegExp(`^(${days.join("|")}):${clock}-(${days.join("|")}):${clock}$`);

/** A span of time: minutes after Sunday 00:00 UTC (a daily one: after 00:00), and its length. */
interface Span {
  readonly start: number;
  readonly length: number;
}

/** A daily window in UTC, `02:00-03:00`, of at least `least` minutes; it may go over midnight. */
function parseDailyWindow(value: string, least: number): string {
  const todo = `write start and end in UTC, at least ${least} minutes apart, e.g. "02:00-03:00"`;
  const span = dailySpan(value);
  if (!span) throw new Problem(`${show(value)} is not a daily window; ${todo}`);
  return longEnough(value, span, least, todo);
}

/** A weekly window in UTC, `sun:04:00-sun:05:00`, of at least `least` minutes and at most a day. */
export function parseWeeklyWindow(value: string, least: number): string {
  const todo = `write day and time of start and end in UTC, at least ${least} minutes apart, e.g. "sun:04:00-sun:05:00"`;
  const span = weeklySpan(value);
  if (!span) {
    // The provider stores the lower-case form and would see another spelling as a change for ever.
    if (weeklySpan(value.toLowerCase()))
      throw new Problem(`${show(value)} has upper-case letters; did you mean "${value.toLowerCase()}"?`);
    throw new Problem(`${show(value)} is not a weekly window; ${todo}`);
  }
  if (span.length > dayMinutes) throw new Problem(`${show(value)} is longer than a day; ${todo}`);
  return longEnough(value, span, least, todo);
}

function longEnough(value: string, { length }: Span, least: number, todo: string): string {
  if (length < least) throw new Problem(`${show(value)} has ${length} minutes; ${todo}`);
  return value;
}

function dailySpan(value: string): Span | undefined {
  const [, hour, minute, endHour, endMinute] = dailyForm.exec(value) ?? [];
  if (hour === undefined) return undefined;
  return span(Number(hour) * 60 + Number(minute), Number(endHour) * 60 + Number(endMinute), dayMinutes);
}

function weeklySpan(value: string): Span | undefined {
  const [, day, hour, minute, endDay, endHour, endMinute] = weeklyForm.exec(value) ?? [];
  if (day === undefined) return undefined;
  const at = (name: string, hours: string, minutes: string) =>
    days.indexOf(name) * dayMinutes + Number(hours) * 60 + Number(minutes);
  return span(at(day, hour!, minute!), at(endDay!, endHour!, endMinute!), weekMinutes);
}

function span(start: number, end: number, round: number): Span {
  return { start, length: (end - start + round) % round };
}

/**
 * Whether a daily and a weekly window have a minute in common: AWS refuses the pair, for RDS as for ElastiCache
 * (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html, PreferredBackupWindow). Windows
 * that are wrong in themselves overlap nothing.
 */
export function windowsOverlap(daily: string, weekly: string): boolean {
  const [day, week] = [dailySpan(daily), weeklySpan(weekly)];
  if (!day || !week) return false;
  const starts = Array.from({ length: 7 }, (_, index) => index * dayMinutes + day.start);
  return starts.some((start) => {
    const ahead = (week.start - start + weekMinutes) % weekMinutes;
    const behind = (start - week.start + weekMinutes) % weekMinutes;
    return ahead < day.length || behind < week.length;
  });
}

export const dailyWindow = (least: number) => text((value) => parseDailyWindow(value, least));
export const weeklyWindow = (least: number) => text((value) => parseWeeklyWindow(value, least));

/** A moment as Go's `time.Parse` reads it: UTC, with the zone that was written. */
export interface GoTime {
  /** Seconds since 1970 in the zone that was written, as if it were UTC. */
  readonly localSeconds: number;
  /** Up to nine digits after the second, without zeros at the end. */
  readonly fraction: string;
  readonly offsetMinutes: number;
}

const day = String.raw`(\d{4})-(\d{1,2})-(\d{1,2})`;
const clock = String.raw`(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?`;
/** The layouts of yaml.v3 (`allowedTimestampFormats` in its resolve.go). */
const layouts = [
  new RegExp(`^${day}[Tt]${clock}(Z|[+-]\\d\\d:\\d\\d)$`),
  new RegExp(`^${day} ${clock}$`),
  new RegExp(`^${day}$`),
];

/** The moment that a plain text is for yaml.v3; undefined where it stays text. */
export function parseGoTime(text: string): GoTime | undefined {
  const match = layouts.map((layout) => layout.exec(text)).find((found) => found);
  if (!match) return undefined;
  const [year = 0, month = 0, date = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const milliseconds = Date.UTC(2000, month - 1, date, hour, minute, second);
  const moment = new Date(milliseconds);
  // Years below 100 are others to Date.UTC.
  moment.setUTCFullYear(year, month - 1, date);
  const real = moment.getUTCMonth() === month - 1 && moment.getUTCDate() === date;
  if (!real || hour > 23 || minute > 59 || second > 59) return undefined;
  const offsetMinutes = offsetOf(match[8]);
  if (offsetMinutes === undefined) return undefined;
  const fraction = (match[7] ?? "").slice(0, 9).replace(/0+$/, "");
  return { localSeconds: moment.getTime() / 1000, fraction, offsetMinutes };
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === "Z") return 0;
  const [hours = 0, minutes = 0] = zone.slice(1).split(":").map(Number);
  if (hours > 24 || minutes > 60) return undefined;
  return (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
}

function parts({ localSeconds, fraction }: GoTime): [day: string, clock: string] {
  const [date = "", time = ""] = new Date(localSeconds * 1000).toISOString().split("T");
  return [date, time.slice(0, 8) + (fraction && `.${fraction}`)];
}

function zone({ offsetMinutes }: GoTime, between: string): string {
  const [hours, minutes] = [Math.floor(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return `${offsetMinutes < 0 ? "-" : "+"}${two(hours)}${between}${two(minutes)}`;
}

/** `time.Time.String`, on a machine whose own zone is UTC: what the CLI makes of a date without quotes. */
export function goTimeText(time: GoTime): string {
  const numeric = zone(time, "");
  return `${parts(time).join(" ")} ${numeric} ${time.offsetMinutes === 0 ? "UTC" : numeric}`;
}

/** RFC 3339, as the CLI writes a date of Pulumi.yaml. */
export function rfc3339(time: GoTime): string {
  return `${parts(time).join("T")}${time.offsetMinutes === 0 ? "Z" : zone(time, ":")}`;
}

/** What `time.Time.String` gives, in whatever zone the machine was. */
const goText = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,9})?) ([+-]\d\d)(\d\d) [A-Z+-][A-Za-z0-9+-]*$/;

/**
 * The date that somebody wrote without quotes, of the text that the CLI made of it: it hands such a text to the program,
 * and writes it into the stack's file at the next `pulumi config set`.
 */
export function unquotedDate(text: string): string | undefined {
  const [whole, date, time, hours, minutes] = goText.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const utc = hours === "+00" && minutes === "00";
  if (utc && time === "00:00:00") return date;
  return `${date}T${time}${utc ? "Z" : `${hours}:${minutes}`}`;
}

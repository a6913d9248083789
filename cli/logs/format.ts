import type { TextStyle } from "../../lib/terminal";
import { appTiers } from "../cluster/tiers";
import type { Level, LogRecord } from "./record";

/** Colours of the parts that every stack has, and of the apps' pods one after the other. */
const fixedColours: Readonly<Record<string, number>> = { edge: 36, jobs: 34, postgres: 94, redis: 91 };
const appColours = [32, 33, 35, 92, 93, 95, 96];
const tierColours: Readonly<Record<string, number | undefined>> = {
  ...fixedColours,
  ...Object.fromEntries(appTiers.map((tier, at) => [tier, appColours[at % appColours.length]])),
};

const levelColours: Partial<Record<Level, number>> = { warn: 33, error: 31, fatal: 31, debug: 2, trace: 2 };

/** Fields that are shown in a column of their own, or on every line the same. */
const shownElsewhere = new Set([
  ...["time", "level", "severity", "message", "msg", "role", "stage", "version", "pod", "node"],
  ...["requestId", "request_id", "err", "hostname", "pid", "v"],
  // Of the proxy's lines, what is of interest to a script.
  ...["bytes", "tls", "upstream_seconds", "user_agent"],
]);

/** One line of a log for a person: time, tier, pod, level, what happened, its fields, the request. */
export function formatRecord(record: LogRecord, style: Pick<TextStyle, "colours">): string {
  const paint = (text: string, code: number | undefined) =>
    style.colours && code !== undefined && text !== "" ? `\x1b[${code}m${text}\x1b[0m` : text;
  const { level } = record;
  const message = neutral(sentence(record)) || (record.fields ? "" : " ");
  const details = neutral(detailsOf(record));
  const request = record.requestId ? `id=${neutral(record.requestId)}` : "";
  const line = [
    paint(clockOf(record.time), 2),
    paint(`${record.tier.padEnd(8)} ${shortPod(record.pod)}`, tierColours[record.tier]),
    paint((level ?? "").padEnd(6), level && levelColours[level]),
    [paint(message, level === "error" || level === "fatal" ? 31 : undefined), paint(details, 2), paint(request, 2)]
      .filter(Boolean)
      .join(" "),
  ].join(" ");
  return [line.trimEnd(), ...stackOf(record).map((text) => paint(`    ${neutral(text)}`, 2))].join("\n");
}

/** The record with all of its fields, for a script. */
export function jsonOf({ fields, text, fromRequest, ...record }: LogRecord): object {
  return {
    ...record,
    ...(fromRequest && { fromRequest }),
    ...(fields ? { fields } : { text }),
  };
}

/** What happened, in words: an answered request is told as such, whoever tells it. */
function sentence({ message, fields }: LogRecord): string {
  const { method, path, status } = fields ?? {};
  if (typeof method !== "string" || typeof path !== "string") return message;
  const host = fields?.host === undefined ? "" : String(fields.host);
  const took = tookOf(fields!);
  return `${method} ${host}${path} ${status ?? ""}${took && ` ${took}`}`.trim();
}

const inSentence = new Set(["method", "path", "status", "host", "ms", "seconds"]);

function tookOf({ ms, seconds }: Readonly<Record<string, unknown>>): string {
  if (typeof ms === "number") return `${ms} ms`;
  return typeof seconds === "number" ? `${seconds} s` : "";
}

function detailsOf({ fields }: LogRecord): string {
  if (!fields) return "";
  const inSummary = typeof fields.method === "string" && typeof fields.path === "string" ? inSentence : undefined;
  const err = fields.err as { readonly message?: unknown } | undefined;
  const pairs = Object.entries(fields)
    .filter(([key, value]) => !shownElsewhere.has(key) && !inSummary?.has(key) && value !== "" && value !== null)
    .filter(([key, value]) => key !== "upstream_status" || value !== String(fields.status))
    .map(([key, value]) => `${key}=${wordOf(value)}`);
  return [...(typeof err?.message === "string" ? [`error=${wordOf(err.message)}`] : []), ...pairs].join(" ");
}

function wordOf(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /[\s"=]/.test(text) && typeof value === "string" ? JSON.stringify(text) : text;
}

/** Where an error happened. */
function stackOf({ fields }: LogRecord): string[] {
  const { stack } = (fields?.err ?? {}) as { readonly stack?: unknown };
  return typeof stack === "string"
    ? stack
        .split("\n")
        .slice(1, 12)
        .map((line) => line.trim())
    : [];
}

/** `s9fmh` of `panel-56dfb675b9-s9fmh`, `0` of `postgres-0`; as wide as any. */
function shortPod(pod: string): string {
  return (pod.split("-").at(-1) ?? pod).slice(0, 10).padEnd(5);
}

/** The local time of day, to the millisecond. */
function clockOf(time: string): string {
  const date = new Date(`${time.slice(0, 23)}Z`);
  if (Number.isNaN(date.getTime())) return "--:--:--.---";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/**
 * Text that cannot do anything to a terminal: control characters, and marks that turn the direction of what follows, are
 * written as what they are.
 */
export function neutral(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === "\t" ? "  " : `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}

import { withoutShapes } from "../../lib/masking";

/** Severities, least first; what other loggers call them is one of these. */
export const levels = ["trace", "debug", "info", "notice", "warn", "error", "fatal"] as const;
export type Level = (typeof levels)[number];

/** Where a line comes from. */
export interface Origin {
  readonly tier: string;
  readonly pod: string;
  readonly container: string;
}

/** One line of a log, read as far as it can be read. */
export interface LogRecord extends Origin {
  /** When the container runtime got the line: RFC 3339 with nanoseconds, in UTC. */
  readonly time: string;
  /** Undefined for a line that does not say: it may be the trace of a crash. */
  readonly level: Level | undefined;
  readonly message: string;
  readonly requestId: string | undefined;
  /** The request that led to this one: the panel's, whose token opened a socket of the chat. */
  readonly fromRequest: string | undefined;
  /** The fields of a JSON line, as they are. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
  /** The line itself. */
  readonly text: string;
}

/** Longer lines are cut: nobody reads them, and a terminal stands still. */
const longestLine = 128 * 1024;

const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d) ?/;

/**
 * Reads a line that the API server gave with `timestamps=true`.
 * @param before the time of a line without one: the rest of an earlier line
 */
export function readLine(line: string, origin: Origin, before: string): LogRecord {
  const head = stamp.exec(line);
  const time = head ? utc(head) : before;
  let text = line.slice(head?.[0].length ?? 0).replace(/\r$/, "");
  if (text.length > longestLine) {
    text = `${text.slice(0, longestLine)}… (${text.length - longestLine} characters more)`;
  }
  // A terminal's history and a pipeline's log keep what is shown.
  text = withoutShapes(text);
  const fields = objectIn(text);
  const parsed = fields ? ofJson(fields) : ofText(text);
  return { time, ...origin, ...parsed, fields, text };
}

/** With nine digits after the point, so that times can be compared as text. */
function utc([, seconds = "", fraction = ".", zone = "Z"]: readonly (string | undefined)[]): string {
  const nanoseconds = (fraction ?? ".").slice(1).padEnd(9, "0").slice(0, 9);
  const whole = zone === "Z" ? seconds : new Date(`${seconds}${zone}`).toISOString().slice(0, 19);
  return `${whole}.${nanoseconds}Z`;
}

function objectIn(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

type Told = Pick<LogRecord, "level" | "message" | "requestId" | "fromRequest">;

function ofJson(fields: Readonly<Record<string, unknown>>): Told {
  const word = (...names: readonly string[]) =>
    names.map((name) => fields[name]).find((value): value is string => typeof value === "string" && value !== "");
  return {
    level: levelOf(fields.level ?? fields.severity) ?? levelOfStatus(fields.status),
    message: word("message", "msg") ?? "",
    requestId: word("requestId", "request_id"),
    fromRequest: word("tokenRequestId"),
  };
}

/** An answer of the proxy says by its status how bad it is. */
function levelOfStatus(status: unknown): Level | undefined {
  if (typeof status !== "number") return undefined;
  // 429: a limit is met; 499: the client did not wait for the answer.
  return status >= 500 ? "error" : status === 429 || status === 499 ? "warn" : "info";
}

const forms: readonly { readonly form: RegExp; readonly level: (word: string) => Level | undefined }[] = [
  // NGINX: 2026/11/21 07:45:34 [error] 7#7: *1 connect() failed
  { form: /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[(\w+)\] /, level: levelOf },
  // Postgres: 2026-11-21 07:44:26.152 GMT [9] user@database LOG:  ready
  { form: /^\d{4}-\d\d-\d\d [\d:.]+ \S+ \[\d+\][^:]{0,200}? ([A-Z]+\d?): {1,2}/, level: levelOfPostgres },
  // Redis: 1:M 21 Nov 2026 07:44:25.514 # Server initialized
  { form: /^\d+:[A-Z] \d\d \w{3} \d{4} [\d:.]+ ([.*#-]) /, level: (word) => levelsOfRedis[word] },
];

const levelsOfRedis: Readonly<Record<string, Level>> = { ".": "debug", "-": "debug", "*": "info", "#": "warn" };

function ofText(text: string): Told {
  for (const { form, level } of forms) {
    const [head, word] = form.exec(text) ?? [];
    if (head && word) {
      return { level: level(word), message: text.slice(head.length), requestId: undefined, fromRequest: undefined };
    }
  }
  return { level: undefined, message: text, requestId: undefined, fromRequest: undefined };
}

const otherNames: Readonly<Record<string, Level>> = {
  verbose: "debug",
  information: "info",
  warning: "warn",
  err: "error",
  crit: "fatal",
  critical: "fatal",
  alert: "fatal",
  emerg: "fatal",
  emergency: "fatal",
  panic: "fatal",
};

/** A level by its name, or by its number in pino. */
export function levelOf(value: unknown): Level | undefined {
  if (typeof value === "number") return levels[[10, 20, 30, 35, 40, 50, 60].findLastIndex((least) => value >= least)];
  if (typeof value !== "string") return undefined;
  const name = value.toLowerCase();
  return (levels as readonly string[]).includes(name) ? (name as Level) : otherNames[name];
}

function levelOfPostgres(word: string): Level | undefined {
  if (/^DEBUG/.test(word)) return "debug";
  if (/^(LOG|STATEMENT|DETAIL|HINT|CONTEXT|QUERY|LOCATION)$/.test(word)) return "info";
  return levelOf(word);
}

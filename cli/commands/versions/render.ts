import { inColumns } from "../../../lib/columns";
import type { TextStyle } from "../../../lib/terminal";
import { neutral } from "../../logs/format";
import type { SupportState, VersionRow } from "../../versions/judge";

/** What `switchboard versions` has found. */
export interface FoundVersions {
  readonly stack: string;
  /** ISO time. */
  readonly at: string;
  readonly rows: readonly VersionRow[];
}

const colours: Readonly<Partial<Record<SupportState, number>>> = { soon: 33, over: 31 };
const heads = ["what", "now", "newest", "next line", "supported until", "told by", "raised by", "rehearsed by"];

/** How a change of this stack's settings is rehearsed. */
function rehearsal(stack: string): string {
  return `npm run preview -- ${stack}`;
}

/** Whether a setting of the stack or a file of its apps raises it, so that a preview shows the change. */
function isRehearsed({ setting }: VersionRow): boolean {
  return /^[a-z][\w-]*(\.[\w*-]+|\/)/i.test(setting);
}

/** The table for a person: a verdict, one line each, then what could not be found out. */
export function versionLines({ stack, rows }: FoundVersions, style: Pick<TextStyle, "colours">): string[] {
  const cells = rows.map((row) => [
    row.what,
    row.now ?? "unknown",
    row.newest === undefined ? "unknown" : row.newest === row.now ? "the same" : row.newest,
    row.next ?? "none known",
    row.until,
    row.sources.join(", ") || "nobody",
    row.setting,
    isRehearsed(row) ? rehearsal(stack) : "",
  ]);
  const [head, ...lines] = inColumns([heads, ...cells.map((row) => row.map(neutral))]);
  const notes = grouped(rows);
  return [
    verdictOf(rows),
    "",
    head!,
    ...lines.map((line, at) => painted(line, style.colours ? colours[rows[at]!.state] : undefined)),
    ...(notes.length > 0 ? ["", "Notes:", ...notes.map((note) => `  ${neutral(note)}`)] : []),
  ];
}

/** Each note once, after the rows that it is about. */
function grouped(rows: readonly VersionRow[]): string[] {
  const notes = new Map<string, string[]>();
  for (const { what, notes: told } of rows)
    for (const note of told) notes.set(note, [...(notes.get(note) ?? []), what]);
  return [...notes].map(([note, about]) => `${[...new Set(about)].join(", ")}: ${note}`);
}

function painted(text: string, colour: number | undefined): string {
  return colour === undefined ? text : `\x1b[${colour}m${text}\x1b[0m`;
}

function verdictOf(rows: readonly VersionRow[]): string {
  const count = (state: SupportState) => rows.filter((row) => row.state === state).length;
  const [over, soon, unknown] = [count("over"), count("soon"), count("unknown")];
  const known = rows.length - unknown;
  const open = unknown > 0 ? `; of ${unknown} nobody says an end` : "";
  if (over + soon === 0) return `${known} of ${rows.length} versions are supported for 90 days and more${open}`;
  return `out of support: ${over}; within 90 days of the end, or in extended support: ${soon}; longer: ${known - over - soon}${open}`;
}

/** The versions for a script. The shape is kept: what is added later is new keys. */
export function versionJson({ stack, at, rows }: FoundVersions): object {
  return {
    ...{ stack, at, outOfSupport: rows.filter(({ state }) => state === "over").length },
    versions: rows.map((row) => ({
      what: row.what,
      now: row.now ?? null,
      newest: row.newest ?? null,
      next: row.next ?? null,
      state: row.state,
      supportedUntil: row.support?.until ?? null,
      extendedUntil: row.support?.extended ?? null,
      daysLeft: row.daysLeft ?? null,
      sources: row.sources,
      setting: row.setting,
      rehearse: isRehearsed(row) ? rehearsal(stack) : null,
      notes: row.notes,
    })),
  };
}

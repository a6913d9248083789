import { Problem, show, text } from "../../schema/fields";

/** A second in time, as settings have it. */
function parseSecond(value: string): Date {
  const form = 'write the second with its zone, e.g. "2026-11-30T19:48:25Z"';
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/.test(value) || Number.isNaN(Date.parse(value)))
    throw new Problem(`${show(value)} is not a second in time; ${form}`);
  return new Date(value);
}

/** How a kind of server is restored. */
export interface RestoreForm {
  /** Reads the name of a backup, and throws a `Problem` at what is none. */
  readonly backup: (value: string) => string;
  /** Writes a second as what restores it wants it. */
  readonly second: (time: Date) => string;
  readonly words: { readonly backup: string; readonly time: string };
}

/** The fields that say what a new server is filled with: a backup, or a second of the past. */
export function restoreFieldsOf({ backup, second, words }: RestoreForm) {
  return {
    backup: text(backup).optional().describe(words.backup),
    time: text((value) => second(parseSecond(value)))
      .optional()
      .describe(words.time),
  };
}

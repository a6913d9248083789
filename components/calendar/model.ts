/** When a provider or a project stops to look after a line of versions. */
export interface Support {
  /** Last day of standard support; undefined where none has been announced. */
  readonly until?: string;
  /** Last day of support that costs more, where there is such a thing. */
  readonly extended?: string;
}

/** The lines of one product, oldest first, as they were published on a day. */
export interface SupportTable {
  /** The page that publishes the dates. */
  readonly source: string;
  /** The day on which the page stood so: that of the copy that was read, where it was a copy. */
  readonly readAt: string;
  /** By the line's name: `1.36` of Kubernetes, `17` of Postgres. */
  readonly lines: Readonly<Record<string, Support>>;
}

/** Days before an end at which it is time to plan. */
export const planningDays = 120;
/** Days before an end from which it is warned of. */
export const warningDays = 90;
/** Days after which a table counts no more: most lines live for a year or two. */
export const oldestTableDays = 365;

/** Days from now to a day; negative when it is over. */
export function daysUntil(day: string, now: Date): number {
  return Math.floor((Date.parse(day) - now.getTime()) / 86_400_000);
}

/** Where dates of a table come from, for a person. */
export function tableName({ readAt }: SupportTable): string {
  return `table of ${readAt}`;
}

/** Why a table is not used any more; undefined while it may be. */
export function tooOld({ readAt }: SupportTable, now: Date): string | undefined {
  if (daysUntil(readAt, now) >= -oldestTableDays) return undefined;
  return `the table is from ${readAt}; a newer release of this program knows more`;
}

/** What a table knows of a line; undefined for a line that it does not name, and when the table is too old. */
export function supportIn(table: SupportTable, line: string, now: Date): Support | undefined {
  return tooOld(table, now) || !Object.hasOwn(table.lines, line) ? undefined : table.lines[line];
}

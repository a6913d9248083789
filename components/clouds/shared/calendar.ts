/** When a provider stops to look after a version, as far as it was published on `calendarDate`. */
export interface Support {
  /** Last day of standard support. */
  readonly until: string;
  /** Last day of support that costs more, where there is such a thing. */
  readonly extended?: string;
}

/** The day on which these dates were read; what a cloud says itself goes before them. */
export const calendarDate = "2026-11-29";

/** Days before an end at which it is time to plan. */
export const planningDays = 120;

/** Days from now to a day; negative when it is over. */
export function daysUntil(day: string, now: Date): number {
  return Math.floor((Date.parse(day) - now.getTime()) / 86_400_000);
}

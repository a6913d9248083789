/** A value that nobody has checked as a map; one that is no map has no keys. */
export function mapIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

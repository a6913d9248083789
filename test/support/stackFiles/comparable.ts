/** A value as JSON has it, with its keys in one order: what two readers of a file must have alike. */
export function comparable(value: unknown): string {
  return JSON.stringify(value, (_key, entry) => sorted(entry));
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

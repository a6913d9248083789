import { type SettingsContext, storedAs } from "../schema/context";
import { keyName } from "../schema/report";
import { unquotedDate } from "../schema/stackFile";

/**
 * Dates that were written without quotes: Pulumi makes another text of them (`2026-12-20 00:00:00 +0000 UTC`), which no
 * setting can mean.
 */
export function unquotedDates(value: unknown, path: readonly PropertyKey[], context: SettingsContext): string[] {
  if (typeof value === "string") {
    // A secret is in no message, and a text that was encrypted was none of YAML's.
    if (storedAs(context, path) !== "plain") return [];
    const date = unquotedDate(value);
    if (date === undefined) return [];
    return [`${keyName(path)}: is a date without quotes, of which Pulumi makes "${value}"; quote it: "${date}"`];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    const date = unquotedDate(key);
    if (date !== undefined)
      return [`${keyName(path)}: the key ${date} is a date without quotes, of which Pulumi makes "${key}"; quote it`];
    return unquotedDates(entry, here, context);
  });
}

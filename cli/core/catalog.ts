import type { CommandSpec } from "./command";

/** A command as the overview and completion know it without loading it. */
export interface CatalogEntry {
  readonly name: string;
  /** Heading of the overview that it stands under. */
  readonly group: string;
  /** The command's own summary; a test keeps the two the same. */
  readonly summary: string;
  /** Imports the command and all that it needs. */
  readonly load: () => Promise<CommandSpec>;
}

/** Commands in the order of the overview. */
export type Catalog = readonly CatalogEntry[];

/** The headings of a catalog, each with its commands, in its order. */
export function grouped(catalog: Catalog): (readonly [group: string, entries: Catalog])[] {
  const groups = [...new Set(catalog.map(({ group }) => group))];
  return groups.map((group) => [group, catalog.filter((entry) => entry.group === group)] as const);
}

import { type Support, type SupportTable, supportIn, tableName, tooOld } from "../../calendar/model";
import { isNewer, newestOf } from "../../calendar/order";
import type { Asked } from "./doctor/ask";
import type { World } from "./doctor/model";

/** One part of a stack that has a version, as far as it could be found out. */
export interface VersionFact {
  /** What it is: `Kubernetes on EKS`, `node pool apps`. */
  readonly what: string;
  /** The version that runs, or that the settings name where nothing runs. */
  readonly now?: string;
  /** The newest version of the line of `now`. */
  readonly newest?: string;
  /** The newest line that can be reached in one step; undefined where none is newer. */
  readonly next?: string;
  /** How long the line of `now` is supported; undefined where nobody says it. */
  readonly support?: Support;
  /** Who says so: `AWS`, `registry`, `table of 2026-12-01`. */
  readonly sources: readonly string[];
  /** The setting that raises it, or who does. */
  readonly setting: string;
  /** What could not be found out, and what to do about it. */
  readonly notes: readonly string[];
}

/** Servers of a cloud that the stack has made, as its state says. */
export type RunningServers = Readonly<
  Partial<Record<"postgres" | "redis", { readonly name: string; readonly version?: string }>>
>;

/** Of the world, what versions are asked of. */
export type Programs = Pick<World, "run" | "now">;

/** A world without programs: then tables are all that answers. */
export function noPrograms(now: Date): Programs {
  return { now, run: async () => ({ stdout: "", stderr: "" }) };
}

/** What a table knows of a line, in the parts of a `VersionFact`. */
export function fromTable(
  table: SupportTable,
  line: string,
  now: Date,
): Pick<VersionFact, "support" | "sources" | "notes"> {
  const old = tooOld(table, now);
  if (old) return { sources: [], notes: [old] };
  const support = supportIn(table, line, now);
  if (!support)
    return { sources: [], notes: [`the ${tableName(table)} does not know ${line}; look at ${table.source}`] };
  return { support, sources: [tableName(table)], notes: [] };
}

/** The lines of a table that are newer than one, and not yet over. */
export function newerLines(table: SupportTable, line: string, now: Date): string[] {
  if (tooOld(table, now)) return [];
  const today = now.toISOString().slice(0, 10);
  return Object.entries(table.lines)
    .filter(([name, { until, extended }]) => isNewer(name, line) && (extended ?? until ?? today) >= today)
    .map(([name]) => name);
}

/** Why something could not be asked, each reason once. */
export function reasonsOf(asked: readonly (Asked<unknown> | undefined)[]): string[] {
  const reasons = asked.flatMap((one) => (one && "finding" in one ? [one.finding] : []));
  return [...new Set(reasons.map(({ what, todo }) => (todo ? `${what}; ${todo}` : what)))];
}

/** The version that settings of a store name. */
export function versionIn(settings: object): string {
  return String((settings as { version?: unknown }).version ?? "");
}

/** A server that a cloud runs: which it is, and what its table is. */
export interface CloudStore {
  readonly what: string;
  readonly now: string;
  readonly line: string;
  readonly setting: string;
  readonly table: SupportTable;
  /** Who was asked. */
  readonly provider: string;
}

/** What the cloud itself has told of a server. */
export interface ToldOfStore {
  /** Newest version of its line. */
  readonly newest?: string | undefined;
  /** Lines that it can be raised to. */
  readonly lines?: readonly string[] | undefined;
  readonly support?: Support | undefined;
}

/** A server that a cloud runs: what the cloud has told, and the table for the rest. */
export function storeFact(store: CloudStore, told: ToldOfStore, reasons: readonly string[], at: Date): VersionFact {
  const { what, now, line, setting, table, provider } = store;
  const known = fromTable(table, line, at);
  const next = newestOf((told.lines ?? newerLines(table, line, at)).filter((one) => isNewer(one, line)));
  const newest = told.newest && newestOf([now, told.newest]);
  const support = told.support ?? known.support;
  const live = Object.values(told).some((value) => value !== undefined);
  return {
    ...{ what, now, setting, ...(newest && { newest }), ...(next && { next }), ...(support && { support }) },
    sources: [...(live ? [provider] : []), ...(told.support ? [] : known.sources)],
    notes: [...(told.support ? [] : known.notes), ...reasons],
  };
}

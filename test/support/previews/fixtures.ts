import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { repository } from "../plan";
import type { Recording } from "./run";

const folder = join(repository, "test/fixtures/previews");

/** A recorded preview, as the CLI printed it. */
export interface Fixture extends Recording {
  readonly stdout: string;
}

const read = new Map<string, Fixture>();

/** The names of all recordings, sorted. */
export function fixtureNames(): string[] {
  return readdirSync(folder)
    .flatMap((file) => /^(.+)\.json\.gz$/.exec(file)?.[1] ?? [])
    .sort();
}

/** A recorded preview by its name. */
export function fixture(name: string): Fixture {
  const known = read.get(name);
  if (known) return known;
  const recording = JSON.parse(gunzipSync(readFileSync(fileOf(name))).toString()) as Recording;
  const report = whole(recording);
  // As the CLI prints it.
  const stdout = typeof report === "string" ? report : JSON.stringify(report, null, 4);
  const found = { ...recording, report, stdout };
  read.set(name, found);
  return found;
}

/** The recording of a stack in which nothing changes: the steps that others have in common with it are kept once. */
function baseOf(stack: string): string {
  return `nothing-${stack}`;
}

/** A report with the steps that are only named in its file. */
function whole({ name, stack, report }: Recording): unknown {
  if (name === baseOf(stack) || !hasSteps(report)) return report;
  if (!report.steps.some((step) => typeof step === "string")) return report;
  const base = new Map(stepsOf(fixture(baseOf(stack))).map((step) => [urnOf(step), step]));
  return { ...report, steps: report.steps.map((step) => (typeof step === "string" ? base.get(step) : step)) };
}

/** A report without the steps that are the same in its stack's base: their URNs stand for them. */
function shortened({ name, stack, report }: Recording): unknown {
  if (name === baseOf(stack) || !hasSteps(report) || !existsSync(fileOf(baseOf(stack)))) return report;
  const base = new Set(stepsOf(fixture(baseOf(stack))).map((step) => JSON.stringify(step)));
  return { ...report, steps: report.steps.map((step) => (base.has(JSON.stringify(step)) ? urnOf(step) : step)) };
}

function hasSteps(report: unknown): report is { readonly steps: readonly unknown[] } {
  return typeof report === "object" && report !== null && Array.isArray((report as { steps?: unknown }).steps);
}

function stepsOf({ report }: Recording): readonly unknown[] {
  return hasSteps(report) ? report.steps : [];
}

function urnOf(step: unknown): string {
  return (step as { urn: string }).urn;
}

/** @returns the bytes of the file */
export function keepFixture(recording: Recording): number {
  // No time and no name in the header: the same recording is the same file, on every system.
  const bytes = gzipSync(JSON.stringify({ ...recording, report: shortened(recording) }), { level: 9 });
  bytes[9] = 255;
  writeFileSync(fileOf(recording.name), bytes);
  read.delete(recording.name);
  return bytes.length;
}

function fileOf(name: string): string {
  return join(folder, `${name}.json.gz`);
}

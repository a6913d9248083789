import type { Checked, Finding, World } from "../../components/clouds/shared/doctor/model";
import type { ExportedStack } from "../../engine/stack/state";
import { UserError } from "../../lib/userError";
import { examine } from ".";
import type { Subject } from "./subject";

/** What the doctor says before a first `up`, and what it comes to. */
export interface Consultation {
  readonly checked: readonly Checked[];
  /** What stops the `up`: certain failures that nobody has named. */
  readonly stops: readonly Stop[];
  /** Certain failures that somebody goes on in spite of. */
  readonly overruled: readonly Stop[];
  /** For a person: what is not certain, what could not be asked, what was overruled, one line each. */
  readonly notes: readonly string[];
}

/** A certain failure and the name by which it is overruled. */
export interface Stop {
  readonly name: string;
  readonly finding: Finding;
}

/** Kinds of resources that exist in the state alone: with no others, nothing of the stack is there. */
const stateOnly = /^(pulumi|random|tls):/;

/** Whether an `up` has made, or has begun to make, anything of a stack. */
export function hasBegun(exported: ExportedStack | undefined): boolean {
  const { resources = [], pending_operations: pending = [] } = exported?.deployment ?? {};
  const all = [...resources, ...pending.map(({ resource }) => resource)];
  return all.some(({ type, custom }) => custom !== false && !stateOnly.test(type));
}

/**
 * Runs every check for a stack of which nothing is there.
 * @param despite names of findings or of areas that a person has looked at and goes on in spite of
 */
export async function consult(subject: Subject, world: World, despite: readonly string[]): Promise<Consultation> {
  const checked = await examine({ ...subject, first: true }, world);
  const all = checked.flatMap(({ area, findings }) => findings.map((finding) => ({ area, finding })));
  const facts = all
    .filter(({ finding }) => finding.status === "failed" && finding.certain)
    .map(({ area, finding }) => ({ name: finding.name ?? slug(area), area: slug(area), finding }));
  const isNamed = ({ name, area }: (typeof facts)[number]) => despite.includes(name) || despite.includes(area);
  const overruled = facts.filter(isNamed);
  const unused = despite.filter((name) => !facts.some((fact) => fact.name === name || fact.area === name));
  return {
    checked,
    stops: facts.filter((fact) => !isNamed(fact)),
    overruled,
    notes: [
      ...all.flatMap(({ area, finding }) =>
        finding.status === "ok" || finding.certain ? [] : [noteOf(area, finding)],
      ),
      ...overruled.map(({ name, finding }) => `continuing despite ${name}, as --despite says: ${finding.what}`),
      ...unused.map((name) => `--despite ${name}: nothing of that name stands in the way`),
    ],
  };
}

/** The names that `--despite` was given: it may be there several times, and hold several with commas between. */
export function namesIn(given: unknown): string[] {
  const texts = Array.isArray(given) ? (given as string[]) : [];
  return texts.flatMap((text) => text.split(/[\s,]+/).filter(Boolean));
}

/** @throws UserError with everything that stops a first `up`, each with what to do */
export function demandNothingStops(stack: string, { stops }: Consultation): void {
  if (stops.length === 0) return;
  const lines = stops.flatMap(({ name, finding: { what, todo } }) => [`  ${name}: ${what}`, `    -> ${todo}`]);
  const names = [...new Set(stops.map(({ name }) => name))];
  throw new UserError(
    [`the first up of ${stack} would fail, so nothing was made:`, ...lines].join("\n"),
    `mend ${stops.length === 1 ? "it" : "them all"}, then run this again; where you know better than this check: ${names.map((name) => `--despite ${name}`).join(" ")}`,
  );
}

function noteOf(area: string, { status, what, todo }: Finding): string {
  const kind = { advice: "to think of", unknown: "not known", failed: "may be in the way", ok: "" }[status];
  return `${kind} (${area}): ${what}${todo ? ` -> ${todo}` : ""}`;
}

function slug(area: string): string {
  return area.toLowerCase().replace(/[^a-z0-9.]+/g, "-");
}

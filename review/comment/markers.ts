import type { Operation, Risk } from "../plan/model";
import { wellFormed } from "./escape";
import { forms, type Left, type PartKind, partKinds } from "./parts";

/** What a section says about itself, in its first line: enough to write the verdict and the index anew from it. */
export interface SectionMark {
  readonly stack: string;
  /** The commit that was looked at. */
  readonly sha: string;
  /** When the run began, ISO 8601 in UTC. */
  readonly time: string;
  readonly state: "planned" | "unchanged" | "failed" | "offline";
  readonly risk: Risk;
  /** Only what is more than nothing. */
  readonly counts: Partial<Readonly<Record<Operation, number>>>;
  readonly errors: number;
  readonly mandatory: number;
  readonly advisory: number;
  /** US dollars a month, likely: the difference and what it is then. Absent where nothing is known. */
  readonly cost?: { readonly difference: number; readonly after: number; readonly unpriced: number };
  /** Address of the run. */
  readonly run?: string;
  /** How many of what were left out. */
  readonly left: Left;
}

/** First line of the one comment that a project has on a pull request, to the letter. */
export function commentMarker(project: string): string {
  return `<!-- switchboard:preview v1 project=${encoded(project)} -->`;
}

/** Whether a body is this project's comment: its marker is the first line, to the letter. */
export function isCommentOf(body: string, project: string): boolean {
  return firstLine(body) === commentMarker(project);
}

/** The project whose comment a body is; undefined for any other text. */
export function projectOf(body: string): string | undefined {
  const [, project] = /^<!-- switchboard:preview v1 project=([\w.%-]+) -->$/.exec(firstLine(body)) ?? [];
  return decoded(project);
}

/** Whether a line is one of the hidden ones, as the renderer writes them. */
export function isMarker(line: string): boolean {
  return (
    projectOf(line) !== undefined ||
    begin.test(line) ||
    end.test(line) ||
    forms.part.test(line) ||
    forms.open.test(line) ||
    line === forms.close
  );
}

export const begin = /^<!-- switchboard:stack ([\w.%-]+) begin((?: [a-z]+=[\w.:%,+-]*)+) -->$/;
export const end = /^<!-- switchboard:stack ([\w.%-]+) end -->$/;

/** First line of a section. */
export function beginMarker(mark: SectionMark): string {
  const numbers = (values: Partial<Readonly<Record<string, number>>>) =>
    Object.entries(values)
      .flatMap(([name, count]) => (count ? [`${name}:${count}`] : []))
      .sort()
      .join(",");
  const { cost } = mark;
  const fields = [
    ["sha", encoded(mark.sha)],
    ["time", mark.time],
    ["state", mark.state],
    ["risk", mark.risk],
    ["counts", numbers(mark.counts)],
    ["found", numbers({ errors: mark.errors, mandatory: mark.mandatory, advisory: mark.advisory })],
    ...(cost ? [["cost", `${cost.difference.toFixed(2)},${cost.after.toFixed(2)},${cost.unpriced}`]] : []),
    ...(mark.run ? [["run", encoded(mark.run)]] : []),
    ["left", numbers(mark.left)],
  ].filter(([, value]) => value !== "");
  return `<!-- switchboard:stack ${encoded(mark.stack)} begin ${fields.map((field) => field.join("=")).join(" ")} -->`;
}

/** Last line of a section. */
export function endMarker(stack: string): string {
  return `<!-- switchboard:stack ${encoded(stack)} end -->`;
}

/** @returns undefined where the line is no first line of a section, or one that says too little */
export function parseBegin(line: string): SectionMark | undefined {
  const [, name, rest = ""] = begin.exec(line) ?? [];
  const stack = decoded(name);
  if (stack === undefined) return undefined;
  const fields = new Map(
    rest
      .trim()
      .split(" ")
      .map((field) => field.split("=") as [string, string]),
  );
  const sha = decoded(fields.get("sha"));
  const time = fields.get("time");
  const run = decoded(fields.get("run"));
  const state = fields.get("state");
  const risk = fields.get("risk");
  if (sha === undefined || !time || !isOne(state, states) || !isOne(risk, risks)) return undefined;
  const found = numbersIn(fields.get("found"), ["errors", "mandatory", "advisory"] as const);
  const [difference, after, unpriced] = (fields.get("cost") ?? "").split(",").map(Number);
  const cost =
    difference !== undefined && after !== undefined && unpriced !== undefined
      ? { difference, after, unpriced }
      : undefined;
  return {
    ...{ stack, sha, time, state, risk, counts: numbersIn(fields.get("counts"), operations) },
    ...{ errors: found.errors ?? 0, mandatory: found.mandatory ?? 0, advisory: found.advisory ?? 0 },
    ...(cost && { cost }),
    ...(run && { run }),
    left: numbersIn(fields.get("left"), Object.keys(partKinds) as PartKind[]),
  };
}

const states = ["planned", "unchanged", "failed", "offline"] as const;
const risks = ["none", "safe", "caution", "danger"] as const;
const operations = ["create", "update", "replace", "delete", "import", "forget", "read", "refresh", "same"] as const;

function isOne<T extends string>(value: string | undefined, all: readonly T[]): value is T {
  return value !== undefined && (all as readonly string[]).includes(value);
}

function numbersIn<T extends string>(text = "", allowed: readonly T[]): Partial<Record<T, number>> {
  const entries = text.split(",").flatMap((entry) => {
    const [name, count] = entry.split(":");
    return isOne(name, allowed) && Number(count) > 0 ? [[name, Number(count)] as const] : [];
  });
  return Object.fromEntries(entries) as Partial<Record<T, number>>;
}

/** A text in which nothing can end a comment of HTML: letters, digits, `.`, `_`, single `-`, and `%` with two digits. */
function encoded(text: string): string {
  return encodeURIComponent(wellFormed(text))
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
    .replaceAll("--", "-%2D");
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function firstLine(body: string): string {
  return body.split(/\r?\n/, 1)[0] ?? "";
}

import { begin, beginMarker, commentMarker, end, endMarker, parseBegin, projectOf, type SectionMark } from "./markers";
import type { ForgeLimits } from "./model";
import { block, type Left, type Part, parsed, written } from "./parts";
import { fill, shares, sumOf, weigh } from "./trim";
import { compareMarks, indexOf, noteOf, verdictOf } from "./verdict";

/** One stack's part of the comment. */
export interface Section {
  readonly mark: SectionMark;
  readonly parts: readonly Part[];
}

/** Room for the line that says what was left out, and for the numbers of it in the first line. */
const noteRoom = 900;

/** The sections of a comment, in their order there. Whatever is no whole section is left out. */
export function sectionsOf(body: string): Section[] {
  const lines = body.replaceAll("\r\n", "\n").split("\n");
  const sections: Section[] = [];
  for (let at = 0; at < lines.length; at++) {
    const mark = parseBegin(lines[at]!);
    if (!mark) continue;
    const last = lines.findIndex((line, index) => index > at && (end.test(line) || begin.test(line)));
    if (last === -1 || lines[last] !== endMarker(mark.stack)) continue;
    const parts = parsed(lines.slice(at + 1, last).join("\n"));
    sections.push({ mark, parts: parts.filter((part) => !("kind" in part && part.kind === "note")) });
    at = last;
  }
  return sections;
}

/**
 * A comment of these sections that the forge takes, the worst first. Each stack gets a fair share of the room.
 */
export function compose(project: string, sections: readonly Section[], limits: ForgeLimits): string {
  const sorted = [...sections].sort((a, b) => compareMarks(a.mark, b.mark));
  const whole = composed(project, sorted, sorted.length, limits);
  if (weigh(whole, limits) <= limits.units) return whole;
  // Where there is hardly any room: verdicts, and what they are of.
  const bare = sorted.map((section) => cut(section, section.parts.slice(-1), fill(section.parts, 0, limits).left));
  // With very many stacks not even their verdicts fit; the least dangerous ones go.
  for (let shown = sorted.length; ; shown = Math.min(shown - 1, Math.floor(shown * 0.9))) {
    const body = composed(project, bare, Math.max(0, shown), limits);
    if (weigh(body, limits) <= limits.units || shown <= 0) return body;
  }
}

function composed(project: string, all: readonly Section[], shown: number, limits: ForgeLimits): string {
  const sections = all.slice(0, shown);
  const marker = commentMarker(project);
  const marks = all.map(({ mark }) => mark);
  const index = all.length > 1 ? `\n${indexOf(marks)}\n` : "";
  const head = `${marker}\n${index}`;
  const room = limits.units - weigh(head, limits);
  const frames = sections.map((section) => weigh(frameOf(section), limits) + noteRoom + 8);
  const inner = room - frames.reduce((sum, frame) => sum + frame, 0);
  const whole = sections.map(({ parts }) => fill(parts, Math.max(0, inner), limits));
  const budgets = shares(
    whole.map(({ weight }) => weight),
    Math.max(0, inner),
  );
  const texts = sections.map((section, at) => {
    const fits = whole[at]!.weight <= budgets[at]! ? whole[at]! : fill(section.parts, budgets[at]!, limits);
    return sectionText(cut(section, fits.parts, fits.left));
  });
  const separator = sections.length > 1 ? "\n\n---\n\n" : "\n";
  return `${head}${index && texts.length > 0 ? "\n" : ""}${texts.join(separator)}\n`;
}

/** A section without anything in it. What was left out has room of its own, so that cutting again cuts no more. */
function frameOf({ mark }: Section): string {
  return sectionText({ mark: { ...mark, left: {} }, parts: [] });
}

function cut({ mark }: Section, parts: readonly Part[], left: Left): Section {
  return { mark: { ...mark, left: sumOf(mark.left, left) }, parts };
}

function sectionText({ mark, parts }: Section): string {
  const hasNote = Object.keys(mark.left).length > 0;
  // Before the last line, which says what all this is of.
  const all = hasNote ? [...parts.slice(0, -1), block("note", noteOf(mark)), ...parts.slice(-1)] : parts;
  // A stack in which nothing changes says so in one line, with the commit.
  const heading = mark.state === "unchanged" && mark.mandatory === 0 ? [] : [`### ${verdictOf(mark)}`, ""];
  return [beginMarker(mark), ...heading, ...(all.length > 0 ? [written(all), ""] : []), endMarker(mark.stack)].join(
    "\n",
  );
}

/** How sections are brought together. */
export interface MergeOptions {
  /** The pull request's newest commit: what is of it is never replaced by what is not. */
  readonly head?: string;
  /** The stacks that the pull request touches; sections of others go. @default all stay */
  readonly stacks?: readonly string[];
}

/**
 * A comment with a section in the place of the one that its stack had, cut anew to what the forge takes. What is there and
 * newer stays as it is, so jobs may come in any order.
 *
 * @param body the comment as it is; anything that is no comment of this project counts as empty
 */
export function mergeSection(
  project: string,
  body: string,
  section: Section,
  limits: ForgeLimits,
  options: MergeOptions = {},
): string {
  return merged(project, [...(projectOf(body) === project ? sectionsOf(body) : []), section], limits, options);
}

/**
 * One comment of several, the newest section of each stack: what two jobs wrote at the same time, or what stands there and
 * what was rendered just now.
 *
 * @param bodies comments of this project; of two sections of the same time the later one here counts
 */
export function mergeComments(
  project: string,
  bodies: readonly string[],
  limits: ForgeLimits,
  options: MergeOptions = {},
): string {
  const sections = bodies.filter((body) => projectOf(body) === project).flatMap(sectionsOf);
  return merged(project, sections, limits, options);
}

function merged(project: string, sections: readonly Section[], limits: ForgeLimits, options: MergeOptions): string {
  const newest = new Map<string, Section>();
  for (const section of sections) {
    const { stack } = section.mark;
    if (options.stacks && !options.stacks.includes(stack)) continue;
    const known = newest.get(stack);
    if (!known || !isNewer(known.mark, section.mark, options.head)) newest.set(stack, section);
  }
  return compose(project, [...newest.values()], limits);
}

/** Whether the first is certainly newer than the second. */
function isNewer(a: SectionMark, b: SectionMark, head: string | undefined): boolean {
  const rank = ({ sha }: SectionMark) => Number(sha === head);
  if (rank(a) !== rank(b)) return rank(a) > rank(b);
  if (a.time !== b.time) return a.time > b.time;
  return a.sha > b.sha;
}

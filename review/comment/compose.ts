import { commentMarker, commitMarker } from "./markers";
import type { ForgeLimits, PullRequestReport } from "./model";
import { block, type Left, type Part, written } from "./parts";
import { fill, shares, sumOf, weigh } from "./trim";
import { compareSummaries, indexOf, noteOf, type SectionSummary, verdictOf } from "./verdict";

/** One stack's part of the comment. */
export interface Section {
  readonly summary: SectionSummary;
  readonly parts: readonly Part[];
}

/** What a comment is of. */
export type Subject = Pick<PullRequestReport, "project" | "commit">;

/** Room for the line that says what was left out. */
const noteRoom = 900;

/**
 * A comment of these sections that the forge takes, the worst first. Each stack gets a fair share of the room.
 */
export function compose(subject: Subject, sections: readonly Section[], limits: ForgeLimits): string {
  const sorted = [...sections].sort((a, b) => compareSummaries(a.summary, b.summary));
  const whole = composed(subject, sorted, sorted.length, limits);
  if (weigh(whole, limits) <= limits.units) return whole;
  // Where there is hardly any room: verdicts, and what they are of.
  const bare = sorted.map((section) => cut(section, section.parts.slice(-1), fill(section.parts, 0, limits).left));
  // With very many stacks not even their verdicts fit; the least dangerous ones go.
  for (let shown = sorted.length; ; shown = Math.min(shown - 1, Math.floor(shown * 0.9))) {
    const body = composed(subject, bare, Math.max(0, shown), limits);
    if (weigh(body, limits) <= limits.units || shown <= 0) return body;
  }
}

function composed(subject: Subject, all: readonly Section[], shown: number, limits: ForgeLimits): string {
  const sections = all.slice(0, shown);
  const index = all.length > 1 ? [indexOf(all.map(({ summary }) => summary))] : [];
  const head = [`${commentMarker(subject.project)}\n${commitMarker(subject.commit.sha)}`, ...index].join("\n\n");
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
  return `${[head, ...(texts.length > 0 ? [texts.join("\n\n---\n\n")] : [])].join("\n\n")}\n`;
}

/** A section without anything in it. What was left out has room of its own, so that cutting again cuts no more. */
function frameOf({ summary }: Section): string {
  return sectionText({ summary: { ...summary, left: {} }, parts: [] });
}

function cut({ summary }: Section, parts: readonly Part[], left: Left): Section {
  return { summary: { ...summary, left: sumOf(summary.left, left) }, parts };
}

function sectionText({ summary, parts }: Section): string {
  const hasNote = Object.keys(summary.left).length > 0;
  // Before the last line, which says what all this is of.
  const all = hasNote ? [...parts.slice(0, -1), block("note", noteOf(summary)), ...parts.slice(-1)] : parts;
  // A stack in which nothing changes says so in one line, with the commit.
  const heading = summary.state === "unchanged" && summary.mandatory === 0 ? [] : [`### ${verdictOf(summary)}`];
  return [...heading, ...(all.length > 0 ? [written(all)] : [])].join("\n\n");
}

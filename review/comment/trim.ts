import type { ForgeLimits } from "./model";
import { type Block, isFold, isLines, type Left, type Part, type PartKind, partKinds, writtenPart } from "./parts";

/** How much room a text takes of what a forge allows: UTF-16 units, or what its bytes come to of them. */
export function weigh(text: string, { units, bytes }: ForgeLimits): number {
  // A unit is at most three bytes.
  if (bytes >= 3 * units) return text.length;
  return Math.max(text.length, Math.ceil((Buffer.byteLength(text) * units) / bytes));
}

/** Parts that fit, and how many of which kind did not. */
export interface Trimmed {
  readonly parts: readonly Part[];
  readonly left: Left;
  /** What they weigh when written. */
  readonly weight: number;
}

/** One thing that is in or out: a block, or a line of a table. */
interface Unit {
  readonly part: number;
  readonly index: number;
  readonly kind: PartKind;
  readonly rank: number;
  readonly text: () => string;
}

const order = Object.keys(partKinds) as PartKind[];
/** Blank lines between parts. */
const gap = 2;
/** As many texts of one kind are made in vain, one after the other, before the rest of the kind is given up. */
const patience = 3;

/**
 * The most important parts that fit into a budget, in their order. What is `keep` stays even where it does not fit.
 */
export function fill(parts: readonly Part[], budget: number, limits: ForgeLimits): Trimmed {
  const taken = parts.map(() => new Map<number, string>());
  const left: Partial<Record<PartKind, number>> = {};
  const inVain: Partial<Record<PartKind, number>> = {};
  let weight = 0;
  for (const unit of unitsOf(parts)) {
    const part = parts[unit.part]!;
    const frame = taken[unit.part]!.size > 0 ? 0 : frameOf(part, limits);
    const room = budget - weight - frame;
    let fits = unit.kind === "keep" || (room > 0 && (inVain[unit.kind] ?? 0) < patience);
    if (fits) {
      const text = unit.text();
      const size = weigh(text, limits) + (isLines(part) ? 1 : isFold(part) ? gap : 0);
      fits = unit.kind === "keep" || size <= room;
      if (fits) {
        weight += frame + size;
        taken[unit.part]!.set(unit.index, text);
      }
      inVain[unit.kind] = fits ? 0 : (inVain[unit.kind] ?? 0) + 1;
    }
    if (!fits) left[unit.kind] = (left[unit.kind] ?? 0) + 1;
  }
  const kept = parts.flatMap((part, index): Part[] => {
    const texts = taken[index]!;
    if (texts.size === 0) return [];
    if (isLines(part)) return [{ ...part, lines: part.lines.filter((_, line) => texts.has(line)) }];
    if (!isFold(part)) return [part];
    return [{ ...part, blocks: part.blocks.filter((_, inner) => texts.has(inner)) }];
  });
  return { parts: kept, left, weight };
}

/** What a part weighs beside its units. */
function frameOf(part: Part, limits: ForgeLimits): number {
  if (isFold(part)) return weigh(writtenPart({ ...part, blocks: [] }), limits) + gap;
  if (isLines(part)) return weigh(writtenPart({ ...part, lines: [] }), limits) + gap;
  return gap;
}

/** All units, the most important ones first. */
function unitsOf(parts: readonly Part[]): Unit[] {
  const units = parts.flatMap((part, index): Unit[] => {
    if (isLines(part)) {
      return part.lines.map((line, at) => ({
        ...{ part: index, index: at, kind: part.kind, rank: rankOf(line), text: () => line },
      }));
    }
    const blocks: readonly Block[] = isFold(part) ? part.blocks : [part];
    return blocks.map((entry, at) => ({
      ...{ part: index, index: at, kind: entry.kind, rank: 0, text: () => writtenPart(entry) },
    }));
  });
  return units
    .map((unit, at) => ({ unit, at }))
    .sort((a, b) => order.indexOf(b.unit.kind) - order.indexOf(a.unit.kind) || b.unit.rank - a.unit.rank || a.at - b.at)
    .map(({ unit }) => unit);
}

/** Rows of what is in danger stay longest. */
function rankOf(line: string): number {
  return line.includes("🔴") ? 2 : line.includes("🟠") ? 1 : 0;
}

/** Adds up what was left out now and before. */
export function sumOf(a: Left, b: Left): Left {
  const kinds = order.filter((kind) => (a[kind] ?? 0) + (b[kind] ?? 0) > 0);
  return Object.fromEntries(kinds.map((kind) => [kind, (a[kind] ?? 0) + (b[kind] ?? 0)]));
}

/**
 * How much each of several gets of a whole: what is small keeps all of its own, the rest is shared evenly.
 *
 * @param wanted what each would take
 */
export function shares(wanted: readonly number[], whole: number): number[] {
  const result = wanted.map(() => 0);
  const waiting = wanted.map((want, index) => ({ want, index })).sort((a, b) => a.want - b.want || a.index - b.index);
  let rest = whole;
  for (const [served, { want, index }] of waiting.entries()) {
    const even = Math.floor(rest / (waiting.length - served));
    result[index] = Math.max(0, Math.min(want, even));
    rest -= result[index]!;
  }
  return result;
}

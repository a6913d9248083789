/**
 * What a section is made of, in the order in which it may go when there is no room: the first kinds go first. `keep` stays
 * whatever happens. The words say what was left out.
 */
export const partKinds = {
  created: ["the YAML of one new resource", "the YAML of # new resources"],
  safeDiff: ["the differences of one safe change", "the differences of # safe changes"],
  diff: ["the differences of one change that needs care", "the differences of # changes that need care"],
  warnings: ["one warning", "# warnings"],
  diagram: ["the diagram", "the diagram"],
  config: ["one changed setting", "# changed settings"],
  cost: ["the table of costs", "the table of costs"],
  advice: ["one piece of advice", "# pieces of advice"],
  rows: ["one row of the table", "# rows of the table"],
  findings: ["one broken policy", "# broken policies"],
  attention: ["one thing that needs attention", "# things that need attention"],
  errors: ["one error", "# errors"],
  /** What was left out; written anew whenever something is. */
  note: ["", ""],
  keep: ["", ""],
} as const satisfies Record<string, readonly [one: string, many: string]>;

export type PartKind = keyof typeof partKinds;
export type Left = Partial<Readonly<Record<PartKind, number>>>;

/** A piece of Markdown that stands or goes as one: whole blocks, with every fence and tag that it opens closed. */
export interface Block {
  readonly kind: PartKind;
  /** Computed when it is sure that there is room for more. */
  readonly text: () => string;
}

/** Lines of which some may go, as rows of a table or items of a list; the head and the tail stay while a line does. */
export interface Lines {
  readonly kind: PartKind;
  readonly head: readonly string[];
  readonly lines: readonly string[];
  readonly tail: readonly string[];
}

/** Blocks that stand in one fold. */
export interface Fold {
  readonly open: string;
  readonly blocks: readonly Block[];
  readonly close: string;
}

export type Part = Block | Lines | Fold;

export function isFold(part: Part): part is Fold {
  return "blocks" in part;
}

export function isLines(part: Part): part is Lines {
  return "lines" in part;
}

export function block(kind: PartKind, text: string | (() => string)): Block {
  return { kind, text: typeof text === "string" ? () => text : text };
}

/** Parts as text. */
export function written(parts: readonly Part[]): string {
  return parts.map(writtenPart).join("\n\n");
}

export function writtenPart(part: Part): string {
  if (isFold(part)) return [part.open, ...part.blocks.map(writtenPart), part.close].join("\n\n");
  if (isLines(part)) return [...part.head, ...part.lines, ...part.tail].join("\n");
  return part.text();
}
